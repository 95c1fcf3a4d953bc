import { readFileSync } from 'node:fs'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { CatalogRoom } from '../catalog/index.ts'
import { languageOf, type Clock, type Language } from '../platform/index.ts'
import { apiReference, type OpenApi } from './api-reference.ts'
import { LANGUAGES, SECTIONS } from './contents.ts'
import { figuresOf } from './figures.ts'
import { fill } from './fill.ts'
import { PAGE_POLICY, pageOf, STYLE_PATH } from './html.ts'
import { errorPage, errorTable, readInDepth, readPages, type Page } from './pages.ts'

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
  const inDepth = readInDepth()
  const style = readFileSync(new URL('style.css', import.meta.url))

  function markdownOf(source: string, language: Language): string {
    const figures = figuresOf({ catalog: deps.catalog.current(), host: deps.host(), now: deps.clock.now() }, language)
    const reference = (): string => apiReference(deps.openApi())
    return fill(source, new Map([...figures, ['api', reference], ['errors', () => errorTable(language)]]))
  }
  const spoken = (request: FastifyRequest): Language => languageOf(request.headers['accept-language'])

  interface Shown {
    readonly language: Language
    readonly title: string
    readonly markdown: string
    /** Without `.md`. */
    readonly path: string
    readonly twin?: string
    readonly isEnglish?: boolean
  }
  /** As a page, or as Markdown where the address ends so. */
  function send(request: FastifyRequest, reply: FastifyReply, shown: Shown | undefined): FastifyReply {
    if (!shown) {
      reply.callNotFound()
      return reply
    }
    void reply.header('cache-control', FRESH).header('x-content-type-options', 'nosniff')
    if (pathOf(request).endsWith('.md')) return reply.type(MARKDOWN).send(shown.markdown)
    void reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8')
    const operator = deps.catalog.current().operator.name
    return reply.send(pageOf({ ...shown, operator, pages: pages[shown.language], inDepth }))
  }

  const first = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.redirect(`/docs/${spoken(request)}/overview`)
  fastify.get('/docs', hide, first)
  fastify.get('/docs/', hide, first)
  fastify.get(STYLE_PATH, hide, (_, reply) => reply.type('text/css; charset=utf-8').send(style))
  fastify.get<{ Params: { page: string } }>('/docs/:page', hide, (request, reply) => {
    const { page: name } = request.params
    const found = inDepth.get(slugOf(name))
    return send(
      request,
      reply,
      found && {
        language: spoken(request),
        title: found.title,
        markdown: found.source,
        path: `/docs/${found.slug}`,
        isEnglish: true,
      },
    )
  })
  fastify.get<{ Params: { page: string } }>('/docs/errors/:page', hide, (request, reply) => {
    const code = slugOf(request.params.page)
    const markdown = errorPage(code)
    const path = `/docs/errors/${code}`
    return send(
      request,
      reply,
      markdown === undefined ? undefined : { language: spoken(request), title: code, markdown, path },
    )
  })
  for (const language of LANGUAGES) {
    const other: Language = language === 'en' ? 'zh' : 'en'
    fastify.get<{ Params: { page: string } }>(`/docs/${language}/:page`, hide, (request, reply) => {
      const page = pages[language].get(slugOf(request.params.page))
      return send(
        request,
        reply,
        page && {
          language,
          title: page.title,
          markdown: markdownOf(page.source, language),
          path: `/docs/${language}/${page.slug}`,
          twin: `/docs/${other}/${page.slug}`,
        },
      )
    })
  }
  fastify.get('/llms.txt', hide, (_, reply) =>
    reply.type('text/plain; charset=utf-8').header('cache-control', FRESH).send(llms()),
  )

  /** The index in the form that language models look for: a title, a line about it, lists of links with a line each. */
  function llms(): string {
    const host = deps.host()
    const line = (page: Page, path: string, summary: string): string =>
      `- [${page.title}](${host}/docs/${path}${page.slug}.md): ${summary.replaceAll('\n', ' ').replace(LINK, '$1')}`
    const lists = LANGUAGES.flatMap((language) =>
      SECTIONS.map(({ title, slugs }) => {
        const listed = slugs.flatMap((slug) => pages[language].get(slug) ?? [])
        const lines = listed.map((page) => line(page, `${language}/`, markdownOf(page.summary, language)))
        return `## ${title[language]}\n\n${lines.join('\n')}`
      }),
    )
    const optional = [...inDepth.values()].map((page) => line(page, '', page.summary))
    return `# ${deps.catalog.current().operator.name}\n\n> A coding plan: a subscription through which coding tools use language models. Every page below is Markdown, its figures those of the running server.\n\n${lists.join('\n\n')}\n\n## Optional\n\n${optional.join('\n')}\n`
  }
}

/** A summary is read in an index, where a relative link leads nowhere. */
const LINK = /\[([^\]]+)\]\([^)]*\)/g
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? ''
const slugOf = (name: string): string => name.replace(/\.md$/, '')
