import { marked, type Tokens } from 'marked'

import type { Language } from '../platform/index.ts'
import { IN_DEPTH, SECTIONS, type Section } from './contents.ts'
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
marked.use({
  renderer,
  gfm: true,
  /** Between Markdown files people link to files; a page leads to pages. */
  walkTokens: (token) => {
    if (token.type === 'link' && !/^([a-z]+:|\/)/.test((token as Tokens.Link).href))
      token.href = (token as Tokens.Link).href.replace(/\.md(?=#|$)/, '')
  },
})

/** Wide tables scroll inside the page, and can be reached by the keyboard for that. */
export const htmlOf = (markdown: string): string =>
  (marked.parse(markdown, { async: false }) as string)
    .replaceAll('<table>', '<div class="wide" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')

const LABELS = {
  en: {
    docs: 'Docs',
    contents: 'Contents',
    other: '中文',
    console: 'Console',
    markdown: 'This page as Markdown',
    skip: 'To the text',
    onlyEnglish: '',
  },
  zh: {
    docs: '文档',
    contents: '目录',
    other: 'English',
    console: '控制台',
    markdown: '本页的 Markdown',
    skip: '跳到正文',
    onlyEnglish: '本页只有英文，供部署与开发者深入查阅。',
  },
} as const

const LOCALE = { en: 'en', zh: 'zh-CN' } as const

/** A whole page around its text: the list of all pages beside it, no script. */
export function pageOf(options: {
  readonly language: Language
  readonly operator: string
  readonly title: string
  readonly markdown: string
  readonly pages: ReadonlyMap<string, Page>
  readonly inDepth: ReadonlyMap<string, Page>
  readonly path: string
  /** The same page in the other language, where there is one. */
  readonly twin?: string | undefined
  /** The text is English, whatever the reader speaks. */
  readonly isEnglish?: boolean
}): string {
  const { language, operator, title, markdown, pages, inDepth, path, twin, isEnglish = false } = options
  const label = LABELS[language]
  const listed = (section: Section, from: ReadonlyMap<string, Page>, before: string): string => {
    const links = section.slugs.map((slug) => {
      const href = before + slug
      return `<li><a href="${href}"${href === path ? ' aria-current="page"' : ''}>${escape(from.get(slug)?.title ?? slug)}</a></li>`
    })
    return `<h2>${escape(section.title[language])}</h2><ul>${links.join('')}</ul>`
  }
  const lists = [
    ...SECTIONS.map((section) => listed(section, pages, `/docs/${language}/`)),
    listed(IN_DEPTH, inDepth, '/docs/'),
  ]
  const note = isEnglish && label.onlyEnglish !== '' ? `<p class="note">${label.onlyEnglish}</p>` : ''
  const other: Language = language === 'en' ? 'zh' : 'en'
  const translated =
    twin === undefined ? '' : `<a href="${twin}" lang="${other}" hreflang="${other}">${label.other}</a>`
  return `<!doctype html>
<html lang="${LOCALE[language]}">
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
<header><a class="brand" href="/">${escape(operator)}</a><a href="/docs/${language}/overview">${label.docs}</a><span></span><a class="small" href="#pages">${label.contents}</a>${translated}<a href="/">${label.console}</a></header>
<div class="frame">
<nav id="pages" aria-label="${label.docs}">${lists.join('')}</nav>
<main id="text">
${note}<article${isEnglish ? ' lang="en"' : ''}>
${htmlOf(markdown)}</article>
<footer><a href="${path}.md">${label.markdown}</a> · <a href="/llms.txt">llms.txt</a></footer>
</main>
</div>
</body>
</html>
`
}
