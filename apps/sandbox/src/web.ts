import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WebPage {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Sends the body and does not end. */
  readonly stalls?: true
}

/** A site of the web on this machine, whose pages a test writes. */
export interface SandboxWeb {
  readonly origin: string
  readonly port: number
  /** By path with query. */
  readonly pages: Map<string, WebPage>
  /** What was asked, in its order. */
  readonly asked: { readonly url: string; readonly headers: IncomingMessage['headers'] }[]
  close(): Promise<void>
}

export async function startWeb(): Promise<SandboxWeb> {
  const pages = new Map<string, WebPage>()
  const asked: SandboxWeb['asked'] = []
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const url = req.url ?? '/'
    asked.push({ url, headers: req.headers })
    const page = pages.get(url)
    if (!page) return void res.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>')
    res.writeHead(page.status ?? 200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
    if (page.stalls) return void res.write(page.body ?? ' ')
    res.end(page.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    pages,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
