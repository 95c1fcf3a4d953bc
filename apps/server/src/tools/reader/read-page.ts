import { no, yes, type Outcome } from '@codeplan/core'

import type { Refusal } from '../../platform/index.ts'
import type { ToolDeps } from '../deps.ts'
import { Kept } from '../kept.ts'
import { decodePage } from './decode.ts'
import type { Extractor } from './extractor.ts'
import { fetchPage, type Fetched } from './fetch-page.ts'
import type { Words } from './guard.ts'
import type { Page, PageWish } from './page.ts'

export interface ReadWish extends PageWish {
  readonly url: string
  readonly msMax: number
  readonly noCache: boolean
}

export interface Reader {
  read(wish: ReadWish): Promise<Outcome<ReadPage, Refusal>>
}
export interface ReadPage extends Page {
  readonly url: string
}

const ACCEPT =
  'text/html,application/xhtml+xml,text/markdown,text/plain,application/json,application/pdf;q=0.9,*/*;q=0.5'

/** Fetches a page of the public internet and makes readable text of it. */
export function makeReader(
  deps: Pick<ToolDeps, 'catalog' | 'clock' | 'outside'>,
  extractor: Pick<Extractor, 'extract'>,
): Reader {
  const kept = new Kept<ReadPage>()
  return {
    read: async (wish) => {
      const { web_reader: rules } = deps.catalog.current().services
      const url = urlIn(wish.url)
      if (!url) return refused({ en: 'it is no address of the web', zh: '不是有效的网址' })
      const { url: _, msMax, noCache, ...how } = wish
      const key = `${url.href} ${JSON.stringify(how)}`
      const now = deps.clock.now()
      const known = noCache ? undefined : kept.get(key, now, rules.cache_ms)
      if (known) return yes(known)
      const fetched = await fetchPage(url, {
        ...deps.outside,
        ports: rules.ports,
        redirectsMax: rules.redirects_max,
        bytesMax: rules.page_mib_max * 1_048_576,
        msMax: Math.min(msMax, rules.page_ms_max),
        accept: ACCEPT,
      })
      if (!fetched.ok) return refused(fetched.no)
      const page = await pageOf(fetched.value, how, extractor, rules.extract_ms_max)
      if (!page.ok) return refused(page.no)
      const read = { ...cut(page.value, rules.text_kib_max * 1_024), url: fetched.value.url.href }
      const weight = JSON.stringify(read).length
      kept.put(key, read, now, { weight, weightMax: rules.cache_mib_max * 1_048_576 })
      return yes(read)
    },
  }
}

const refused = (why: Words): Outcome<never, Refusal> => no({ code: 'page_refused', field: 'url', why })

/** People leave `https://` out. What follows the # is for a browser. */
function urlIn(text: string): URL | undefined {
  const trimmed = text.trim()
  const url = URL.parse(
    /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^[\w.-]+:\d/.test(trimmed) ? trimmed : `https://${trimmed}`,
  )
  if (!url?.hostname) return undefined
  url.hash = ''
  return url
}

async function pageOf(
  { url, bytes, contentType }: Fetched,
  wish: PageWish,
  extractor: Pick<Extractor, 'extract'>,
  msMax: number,
): Promise<Outcome<Page, Words>> {
  const kind = kindOf(contentType, bytes)
  if (kind === 'other') return no({ en: `it is no page but ${contentType.slice(0, 100)}`, zh: '该地址不是网页或文档' })
  if (kind === 'text') {
    const content = decodePage(bytes, contentType)
      .replace(/^\uFEFF/, '')
      .trim()
    return yes({
      title: url.pathname.split('/').at(-1) || url.hostname,
      description: '',
      content,
      metadata: {},
      links: [],
      images: [],
    })
  }
  const source =
    kind === 'pdf'
      ? ({ kind, bytes: new Uint8Array(bytes), url: url.href } as const)
      : ({ kind, text: decodePage(bytes, contentType), url: url.href } as const)
  const page = await extractor.extract(source, wish, msMax)
  if (page) return yes(page)
  return no({ en: 'no text could be taken from it', zh: '无法从中提取文本' })
}

/** Servers call PDFs all kinds of names: their first bytes count. */
function kindOf(contentType: string, bytes: Buffer): 'html' | 'pdf' | 'text' | 'other' {
  if (bytes.subarray(0, 1_024).includes('%PDF-')) return 'pdf'
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html'
  if (type === '' || type === 'text/plain')
    return /^\s*<(!doctype html|html)/i.test(bytes.toString('latin1', 0, 512))
      ? 'html'
      : isBinary(bytes)
        ? 'other'
        : 'text'
  return /^text\/|[/+](json|xml|yaml|javascript|x-sh|toml|markdown)$/.test(type) ? 'text' : 'other'
}

const isBinary = (bytes: Buffer): boolean => {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  return !isUtf16 && bytes.subarray(0, 4_096).includes(0)
}

/** Not in the middle of a paragraph, if it can be helped. */
function cut(page: Page, max: number): Page {
  if (page.content.length <= max) return page
  const at = page.content.lastIndexOf('\n\n', max)
  const content = `${page.content.slice(0, at > max / 2 ? at : max)}\n\n[…]`
  return { ...page, content, metadata: { ...page.metadata, truncated: 'true' } }
}
