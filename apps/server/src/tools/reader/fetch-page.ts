import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

import { no, yes, type Outcome } from '@codeplan/core'
import { Agent, request, type Dispatcher } from 'undici'

import type { Address, GuardRules, Words } from './guard.ts'
import { guard } from './guard.ts'

export interface FetchRules extends GuardRules {
  readonly redirectsMax: number
  readonly bytesMax: number
  readonly msMax: number
  readonly accept: string
}

export interface Fetched {
  /** Where the redirects led. */
  readonly url: URL
  readonly contentType: string
  readonly bytes: Buffer
}

const AGENT = 'Mozilla/5.0 (compatible; CodeplanReader/1.0)'
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Opens a page of the public internet. Redirects are followed by hand, and each is guarded as the first address was. */
export async function fetchPage(start: URL, rules: FetchRules): Promise<Outcome<Fetched, Words>> {
  const signal = AbortSignal.timeout(rules.msMax)
  let url = start
  for (let hop = 0; hop <= rules.redirectsMax; hop++) {
    const to = await guard(url, rules)
    if (!to.ok) return to
    const agent = agentTo(to.value, rules)
    try {
      const answer = await request(url, { dispatcher: agent, signal, headers: headersFor(rules) })
      const next = await redirectOf(answer, url)
      if (next) {
        url = next
        continue
      }
      if (answer.statusCode >= 400)
        return no({ en: `the page answered ${answer.statusCode}`, zh: `页面返回状态 ${answer.statusCode}` })
      const bytes = await readBody(answer, rules.bytesMax)
      const contentType = one(answer.headers['content-type'])
      return bytes ? yes({ url, contentType, bytes }) : no(tooLarge(rules.bytesMax))
    } catch (error) {
      return no(whyUnread(error as Error, rules.msMax))
    } finally {
      await agent.destroy()
    }
  }
  return no({ en: `it redirects more than ${rules.redirectsMax} times`, zh: `重定向超过 ${rules.redirectsMax} 次` })
}

/** Connects to the address that was looked at, whatever the name may mean by now. */
function agentTo({ address, family }: Address, { msMax }: FetchRules): Agent {
  return new Agent({
    connections: 1,
    pipelining: 0,
    connect: {
      timeout: msMax,
      lookup: (_, { all }, found) => (all ? found(null, [{ address, family }]) : found(null, address, family)),
    },
    headersTimeout: msMax,
    bodyTimeout: msMax,
    maxHeaderSize: 32_768,
  })
}

const headersFor = ({ accept }: FetchRules): Record<string, string> => ({
  'user-agent': AGENT,
  accept,
  'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8',
  'accept-encoding': 'gzip, br',
})

async function redirectOf(answer: Dispatcher.ResponseData, from: URL): Promise<URL | undefined> {
  if (!REDIRECTS.has(answer.statusCode)) return undefined
  const next = URL.parse(one(answer.headers.location), from.href)
  if (!next) return undefined
  answer.body.on('error', () => undefined).destroy()
  return next
}

const one = (header: string | string[] | undefined): string => [header ?? ''].flat()[0] ?? ''

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** Undefined when it is larger than is read. What is packed is counted as it comes out: a few bytes may become gigabytes. */
async function readBody({ headers, body }: Dispatcher.ResponseData, bytesMax: number): Promise<Buffer | undefined> {
  const unpack = DECODERS[one(headers['content-encoding']).trim().toLowerCase()]
  const source: Readable = body
  const stream = unpack ? source.compose<Transform>(unpack()) : source
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > bytesMax) return undefined
      parts.push(part)
    }
  } finally {
    source.on('error', () => undefined).destroy()
  }
  return Buffer.concat(parts)
}

const tooLarge = (bytesMax: number): Words => {
  const mib = Math.floor(bytesMax / 1_048_576)
  return { en: `it is larger than ${mib} MiB`, zh: `内容超过 ${mib} MiB` }
}

function whyUnread(error: Error, msMax: number): Words {
  if (error.name === 'TimeoutError' || /timeout/i.test(error.name))
    return { en: `it did not answer within ${msMax} ms`, zh: `未在 ${msMax} 毫秒内应答` }
  return { en: 'the host cannot be reached, or broke off', zh: '无法连接该主机，或连接中断' }
}
