import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'

import { settleAddresses } from './addresses.ts'
import type { PageDocument, PageElement } from './page-dom.ts'
import type { Page, PageWish } from './page.ts'
import { metadataOf, titleOf } from './page-head.ts'
import { blockText, toMarkdown } from './to-markdown.ts'

const LINKS_MAX = 300
const IMAGES_MAX = 100
/** A readable part this much smaller than a short page has lost what the page is about. */
const SHARE_MIN = 0.3
const SHORT_PAGE = 3_000

/** The readable part of a page. Pages that have none, as lists and shells of applications, are given as a whole without their frame. */
export function extractHtml(html: string, url: string, wish: PageWish): Page {
  const document = parse(html)
  const metadata = metadataOf(document)
  const title = titleOf(document)
  settleAddresses(document, url, wish.dataImages)
  for (const frame of document.querySelectorAll(NEVER_READ)) frame.remove()
  // Forms are not read; what is ticked in a list is.
  for (const box of document.querySelectorAll('li input[type=checkbox]'))
    box.replaceWith(box.getAttribute('checked') === null ? '☐ ' : '☑ ')
  const part = readable(document) ?? whole(document)
  dropTitle(part, title)
  if (!wish.images)
    for (const image of part.querySelectorAll('img, picture, figure:not(:has(pre, table, blockquote))')) image.remove()
  const content = wish.format === 'text' ? blockText(part) : toMarkdown(part, wish.gfm)
  return {
    title,
    description: metadata.description ?? '',
    content,
    metadata,
    links: linksIn(part),
    images: [...part.querySelectorAll('img')].slice(0, IMAGES_MAX).flatMap((image) => {
      const src = image.getAttribute('src') ?? ''
      return /^https?:/.test(src) ? [{ alt: image.getAttribute('alt') ?? '', url: src }] : []
    }),
  }
}

/** Our parser takes a page as it is written; browsers, and so the people who write pages, put in what is left out. */
function parse(html: string): PageDocument {
  const page = html.replace(/^\s*(<\?xml[^>]*>\s*)?(<!doctype[^>]*>)?/i, '')
  return parseHTML(withBody(page)).document as unknown as PageDocument
}

function withBody(page: string): string {
  if (/<body[\s>]/i.test(page)) return /<html[\s>]/i.test(page) ? page : `<html>${page}</html>`
  const open = /^\s*<html[^>]*>/i.exec(page)?.[0]
  const rest = page.slice(open?.length ?? 0).replace(/<\/html>\s*$/i, '')
  const head = /^[\s\S]*?<\/head>/i.exec(rest)?.[0] ?? ''
  return `${open ?? '<html>'}${head || '<head></head>'}<body>${rest.slice(head.length)}</body></html>`
}

function readable(document: PageDocument): PageElement | undefined {
  const copy = document.cloneNode(true) as unknown as ConstructorParameters<typeof Readability>[0]
  const charThreshold = isDense(document) ? 60 : 200
  const found = new Readability(copy, { keepClasses: true, charThreshold }).parse()
  if (!found?.content) return undefined
  const holder = document.createElement('div')
  holder.innerHTML = found.content
  const [part, all] = [lengthOf(holder), lengthOf(whole(document))]
  return all < SHORT_PAGE && part < all * SHARE_MIN ? undefined : holder
}

const lengthOf = (element: PageElement): number => (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim().length

/** Chinese, Japanese and Korean say in sixty characters what takes two hundred letters. */
const isDense = (document: PageDocument): boolean => {
  const text = (document.body?.textContent ?? '').slice(0, 20_000)
  return (
    (text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0) >
    text.length / 5
  )
}

/** The title stands beside the content: a page's first heading that repeats it is not said twice. */
function dropTitle(part: PageElement, title: string): void {
  const first = part.querySelector('h1, h2')
  const said = (first?.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
  if (said !== '' && (said === title || title.startsWith(`${said} `))) first?.remove()
}

const NEVER_READ = 'title, style, template, nav, dialog, [role=navigation], [role=dialog], .mw-editsection'
const FRAME = [
  'script, style, template, svg, iframe, object, embed, canvas, form, input, button, select, textarea, dialog',
  'nav, footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=dialog]',
  '[hidden], [aria-hidden=true], .ads, .ad, .advert, .advertisement, .cookie-banner, .breadcrumb, .sidebar',
].join(', ')

function whole(document: PageDocument): PageElement {
  const holder = document.createElement('div')
  const main = document.querySelector('main, [role=main]') ?? document.body ?? document.documentElement
  holder.innerHTML = main?.innerHTML ?? ''
  for (const part of holder.querySelectorAll(FRAME)) part.remove()
  const notes = [...holder.querySelectorAll('noscript')]
  for (const note of notes) {
    const inside = document.createElement('div')
    inside.innerHTML = note.innerHTML
    note.replaceWith(inside)
  }
  return holder
}

function linksIn(part: PageElement): Page['links'] {
  const seen = new Set<string>()
  const links = []
  for (const link of part.querySelectorAll('a[href]')) {
    const url = link.getAttribute('href') ?? ''
    const text = (link.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
    if (!/^https?:/.test(url) || !text || seen.has(url)) continue
    seen.add(url)
    links.push({ text, url })
    if (links.length === LINKS_MAX) break
  }
  return links
}
