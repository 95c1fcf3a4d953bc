import { marked, type Tokens } from 'marked'

import type { Language } from '../platform/index.ts'
import { SECTIONS } from './contents.ts'
import type { Page } from './pages.ts'

/** The style is a file of its own: the policy of the pages allows nothing inline. */
export const STYLE_PATH = '/docs/style.css'
export const PAGE_POLICY = `default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'`

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** An anchor that stays when words around it change little: letters of any script, digits, dashes. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/<[^>]*>|[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')

const renderer = {
  heading(
    this: { parser: { parseInline(tokens: Tokens.Generic[]): string } },
    { tokens, depth, text }: Tokens.Heading,
  ) {
    const anchor = anchorOf(text)
    return `<h${depth} id="${anchor}"><a class="anchor" href="#${anchor}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`
  },
}
marked.use({ renderer, gfm: true })

/** Wide tables scroll inside the page, and can be reached by the keyboard for that. */
export const htmlOf = (markdown: string): string =>
  (marked.parse(markdown, { async: false }) as string)
    .replaceAll('<table>', '<div class="wide" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')

const LABELS = {
  en: {
    docs: 'Documentation',
    other: '中文',
    console: 'Console',
    markdown: 'This page as Markdown',
    skip: 'To the text',
  },
  zh: { docs: '文档', other: 'English', console: '控制台', markdown: '本页的 Markdown', skip: '跳到正文' },
} as const

/** A whole page around its text: the list of all pages beside it, no script. */
export function pageOf(options: {
  readonly language: Language
  readonly operator: string
  readonly title: string
  /** Absent: a page that is in no list, for example of an error code. */
  readonly slug: string | undefined
  readonly markdown: string
  readonly pages: ReadonlyMap<string, Page>
  readonly path: string
}): string {
  const { language, operator, title, slug, markdown, pages, path } = options
  const label = LABELS[language]
  const other: Language = language === 'en' ? 'zh' : 'en'
  const lists = SECTIONS.map((section) => {
    const links = section.slugs
      .flatMap((one) => pages.get(one) ?? [])
      .map((page) => {
        const here = page.slug === slug ? ' aria-current="page"' : ''
        return `<li><a href="/docs/${language}/${page.slug}"${here}>${escape(page.title)}</a></li>`
      })
    return links.length === 0 ? '' : `<h2>${escape(section.title[language])}</h2><ul>${links.join('')}</ul>`
  })
  const twin = slug === undefined ? '' : `<a href="/docs/${other}/${slug}" lang="${other}">${label.other}</a>`
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · ${escape(operator)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
<link rel="alternate" type="text/markdown" href="${path}.md">
</head>
<body>
<a class="skip" href="#text">${label.skip}</a>
<header><a class="brand" href="/">${escape(operator)}</a><a href="/docs/${language}/overview">${label.docs}</a><span></span>${twin}<a href="/">${label.console}</a></header>
<div class="frame">
<nav aria-label="${label.docs}"><details open><summary>${label.docs}</summary>${lists.join('')}</details></nav>
<main id="text">
${htmlOf(markdown)}
<footer><a href="${path}.md">${label.markdown}</a> · <a href="/llms.txt">llms.txt</a></footer>
</main>
</div>
</body>
</html>
`
}
