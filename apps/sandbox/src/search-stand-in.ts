import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { searchCorpus, type CorpusPage } from './search-corpus.ts'

/** Search engines that the stand-in answers as, each under its own address: `<url>/<kind>`. */
export const SEARCH_KINDS = ['searxng', 'brave', 'tavily', 'bocha', 'own'] as const
export type SearchKind = (typeof SEARCH_KINDS)[number]

export interface SearchStandIn {
  readonly url: string
  /** Calls without it are refused by those who take one. */
  readonly key: string
  readonly asked: { readonly kind: SearchKind; readonly url: URL; readonly body: Readonly<Record<string, unknown>> }[]
  /** What they do wrong from now on: a status, no answer at all, or one that cannot be read. */
  readonly faults: Map<SearchKind, number | 'silent' | 'garbage'>
  close(): Promise<void>
}

interface Shape {
  /** Where it is asked, below its address, and by which method. */
  readonly at: string
  readonly isPost?: true
  readonly carries?: (headers: IncomingMessage['headers'], key: string) => boolean
  readonly query: (url: URL, body: Readonly<Record<string, unknown>>) => unknown
  readonly answer: (pages: readonly CorpusPage[]) => unknown
}

const isBearer = (headers: IncomingMessage['headers'], key: string): boolean =>
  headers.authorization === `Bearer ${key}`

/** As their public references describe them; that the real ones behave so is not proven by this. */
const SHAPES: Readonly<Record<SearchKind, Shape>> = {
  searxng: {
    at: '/search',
    query: (url) => (url.searchParams.get('format') === 'json' ? url.searchParams.get('q') : undefined),
    answer: (pages) => ({
      results: pages.map((page) => ({
        title: page.title,
        url: page.link,
        content: page.content,
        publishedDate: `${page.date}T00:00:00`,
      })),
    }),
  },
  brave: {
    at: '/res/v1/web/search',
    carries: (headers, key) => headers['x-subscription-token'] === key,
    query: (url) => (Number(url.searchParams.get('count')) <= 20 ? url.searchParams.get('q') : undefined),
    answer: (pages) => ({
      web: {
        results: pages.map((page) => ({
          title: page.title,
          url: page.link,
          description: `<strong>${page.content}</strong>`,
          page_age: `${page.date}T12:00:00`,
          profile: { name: page.site },
          meta_url: { favicon: 'https://sandbox.example.org/icon.png' },
        })),
      },
    }),
  },
  tavily: {
    at: '/search',
    isPost: true,
    carries: isBearer,
    query: (_, body) => body.query,
    answer: (pages) => ({
      results: pages.map((page) => ({
        title: page.title,
        url: page.link,
        content: page.content,
        published_date: page.date,
      })),
    }),
  },
  bocha: {
    at: '/v1/web-search',
    isPost: true,
    carries: isBearer,
    query: (_, body) => body.query,
    answer: (pages) => ({
      code: 200,
      data: {
        webPages: {
          value: pages.map((page) => ({
            name: page.title,
            url: page.link,
            snippet: page.content,
            siteName: page.site,
            datePublished: `${page.date}T00:00:00+08:00`,
          })),
        },
      },
    }),
  },
  own: {
    at: '/find',
    carries: (headers, key) => headers['x-key'] === `Key ${key}`,
    query: (url) => url.searchParams.get('what'),
    answer: (pages) => ({
      data: {
        items: pages.map((page) => ({
          name: page.title,
          href: page.link,
          about: { text: page.content },
          day: page.date,
        })),
      },
    }),
  },
}

export async function startSearchStandIn(): Promise<SearchStandIn> {
  const key = 'key-of-the-search-stand-in'
  const asked: SearchStandIn['asked'] = []
  const faults: SearchStandIn['faults'] = new Map()
  const server = createServer((req, res) => void serve(req, res))
  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://stand-in')
    const kind = SEARCH_KINDS.find((one) => url.pathname === `/${one}${SHAPES[one].at}`)
    const parts: Buffer[] = []
    for await (const part of req as AsyncIterable<Buffer>) parts.push(part)
    const body =
      parts.length > 0 ? (JSON.parse(Buffer.concat(parts).toString()) as Readonly<Record<string, unknown>>) : {}
    const say = (status: number, text: string): void =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(text)
    if (!kind) return say(404, '{}')
    asked.push({ kind, url, body })
    const fault = faults.get(kind)
    if (fault === 'silent') return
    if (fault === 'garbage') return say(200, '<html>')
    if (fault !== undefined) return say(fault, '{}')
    const shape = SHAPES[kind]
    if (shape.carries?.(req.headers, key) === false) return say(401, '{}')
    if ((req.method === 'POST') !== (shape.isPost === true)) return say(405, '{}')
    const query = shape.query(url, body)
    return typeof query === 'string' ? say(200, JSON.stringify(shape.answer(searchCorpus(query, 10)))) : say(400, '{}')
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    asked,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
