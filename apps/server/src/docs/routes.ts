import { readFileSync } from 'node:fs'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { CatalogRoom } from '../catalog/index.ts'
import { languageOf, type Clock, type Language } from '../platform/index.ts'
import { apiReference, type OpenApi } from './api-reference.ts'
import { LANGUAGES, SECTIONS } from './contents.ts'
import { figuresOf } from './figures.ts'
import { fill } from './fill.ts'
import { PAGE_POLICY, pageOf, STYLE_PATH } from './html.ts'
import { errorPage, readPages, type Page } from './pages.ts'

export interface DocsDeps {
  readonly catalog: Pick<CatalogRoom, 'current'>
  readonly clock: Clock
  /** Where the server is reached, for base URLs. */
  readonly host: () => string
  readonly openApi: () => OpenApi
}

const MARKDOWN = 'text/markdown; charset=utf-8'
/** Figures change with the catalog and with the hour, so nobody keeps a page without asking again. */
const FRESH = 'no-cache'
const hide = { schema: { hide: true } }

/** The documentation as pages and as Markdown, its index for machines, and the pages of error codes. */
export function registerDocs(fastify: FastifyInstance, deps: DocsDeps): void {
  const pages = readPages()
  const style = readFileSync(new URL('style.css', import.meta.url))
  const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text)

  function markdownOf(page: Page, language: Language): string {
    const figures = figuresOf({ catalog: deps.catalog.current(), host: deps.host(), now: deps.clock.now() }, language)
    const reference = (): string => apiReference(deps.openApi())
    return fill(page.source, new Map([...figures, ['api', reference]]))
  }
  function send(
    reply: FastifyReply,
    shown: { language: Language; title: string; slug?: string; markdown: string; path: string; isMarkdown: boolean },
  ): FastifyReply {
    const { language, title, slug, markdown, path, isMarkdown } = shown
    void reply.header('cache-control', FRESH).header('x-content-type-options', 'nosniff')
    if (isMarkdown) return reply.type(MARKDOWN).send(markdown)
    void reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8')
    const operator = deps.catalog.current().operator.name
    return reply.send(pageOf({ language, operator, title, slug, markdown, pages: pages[language], path }))
  }

  const first = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.redirect(`/docs/${languageOf(request.headers['accept-language'])}/overview`)
  fastify.get('/docs', hide, first)
  fastify.get('/docs/', hide, first)
  fastify.get(STYLE_PATH, hide, (_, reply) => reply.type('text/css; charset=utf-8').send(style))
  fastify.get<{ Params: { language: string; page: string } }>('/docs/:language/:page', hide, (request, reply) => {
    const { language, page: name } = request.params
    const isMarkdown = name.endsWith('.md')
    const slug = isMarkdown ? name.slice(0, -3) : name
    if (language === 'errors') {
      const markdown = errorPage(slug)
      const title = slug
      const spoken = languageOf(request.headers['accept-language'])
      return markdown === undefined
        ? reply.callNotFound()
        : send(reply, { language: spoken, title, markdown, path: `/docs/errors/${slug}`, isMarkdown })
    }
    const page = isLanguage(language) ? pages[language].get(slug) : undefined
    if (!isLanguage(language) || !page) return reply.callNotFound()
    const path = `/docs/${language}/${slug}`
    return send(reply, { language, title: page.title, slug, markdown: markdownOf(page, language), path, isMarkdown })
  })
  fastify.get('/llms.txt', hide, (_, reply) =>
    reply.type('text/plain; charset=utf-8').header('cache-control', FRESH).send(llms()),
  )

  /** The index in the form that language models look for: a title, a line about it, lists of links with a line each. */
  function llms(): string {
    const host = deps.host()
    const { operator } = deps.catalog.current()
    const lists = LANGUAGES.flatMap((language) =>
      SECTIONS.map((section) => {
        const lines = section.slugs
          .flatMap((slug) => pages[language].get(slug) ?? [])
          .map((page) => `- [${page.title}](${host}/docs/${language}/${page.slug}.md): ${summaryOf(page, language)}`)
        return `## ${section.title[language]}\n\n${lines.join('\n')}`
      }),
    )
    return `# ${operator.name}\n\n> A coding plan: a subscription through which coding tools use language models. Every page below is Markdown, its figures those of the running server.\n\n${lists.join('\n\n')}\n`
  }
  const summaryOf = (page: Page, language: Language): string =>
    markdownOf({ ...page, source: page.summary }, language).replaceAll('\n', ' ')
}
