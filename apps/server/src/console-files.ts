import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What `npm run build` makes. */
const BUILT = fileURLToPath(new URL('../../console/dist/', import.meta.url))
const PAGE = 'index.html'
const YEAR_SEC = 31_536_000
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** The page runs its own files alone, talks to its own server alone, and stands in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const ENCODERS = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  gzip: (body: Buffer) => promisify(gzip)(body, { level: constants.Z_BEST_COMPRESSION }),
}
type Encoding = keyof typeof ENCODERS

const CURE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Codeplan</title>
<p>The web console is not built. Run <code>npm run build</code> in the folder of the server and start it again.</p>
<p lang="zh-CN">网页控制台尚未构建。请在服务器目录运行 <code>npm run build</code>，然后重新启动。</p>`

/** Serves the built console from memory, and its page for every address that a browser asks for and nobody else has. */
export function registerConsoleFiles(
  fastify: FastifyInstance,
  folder: string = BUILT,
): { readonly takes: (request: FastifyRequest) => boolean; readonly page: (reply: FastifyReply) => Promise<unknown> } {
  const files = readFolder(folder)
  /** Each file is compressed when it is first asked for, once. */
  const packed = new Map<string, Promise<Buffer>>()

  async function send(request: FastifyRequest, reply: FastifyReply, name: string): Promise<unknown> {
    const body = files.get(name)
    if (!body) return reply.callNotFound()
    void reply.type(TYPES[extname(name)] ?? 'application/octet-stream').header('x-content-type-options', 'nosniff')
    // Its name is a hash of what is in it.
    void reply.header('cache-control', `public, max-age=${YEAR_SEC}, immutable`)
    const encoding = encodingFor(request.headers['accept-encoding'])
    if (!encoding) return reply.send(body)
    const key = `${encoding} ${name}`
    const made = packed.get(key) ?? ENCODERS[encoding](body)
    packed.set(key, made)
    return reply
      .header('content-encoding', encoding)
      .header('vary', 'accept-encoding')
      .send(await made)
  }
  async function page(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    void reply
      .header('content-security-policy', POLICY)
      .header('referrer-policy', 'same-origin')
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
    const body = files.get(PAGE)?.toString()
    if (body === undefined) return reply.code(503).send(CURE)
    // Whoever chose light or dark sees nothing else, not even before the script runs.
    const theme = /(?:^|; )codeplan_theme=(light|dark)(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]
    return reply.code(200).send(theme ? body.replace('<html', `<html data-theme="${theme}"`) : body)
  }

  const hide = { schema: { hide: true } }
  fastify.get('/', hide, page)
  fastify.get<{ Params: { '*': string } }>('/assets/*', hide, (request, reply) =>
    send(request, reply, `assets/${request.params['*']}`),
  )
  return {
    takes: ({ method, url, headers }) =>
      (method === 'GET' || method === 'HEAD') &&
      !/^\/(api|assets)\//.test(url) &&
      (headers.accept ?? '').includes('text/html'),
    page: (reply) => page(reply.request, reply),
  }
}

function readFolder(folder: string): ReadonlyMap<string, Buffer> {
  if (!existsSync(folder)) return new Map()
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [relative(folder, path).replaceAll(sep, '/'), readFileSync(path)] as const
      }),
  )
}

const encodingFor = (accepted: string | string[] | undefined): Encoding | undefined =>
  (['br', 'gzip'] as const).find((encoding) => new RegExp(`\\b${encoding}\\b`).test(String(accepted ?? '')))
