import { z } from 'zod'

import { languageOfBrowser } from '../words/language.tsx'
import { TAGS, words, type Language } from '../words/words.ts'
import { Refusal } from './refusal.ts'

const BASE = '/api/console/v1'
const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), detail: z.record(z.string(), z.unknown()).optional() }),
})
/** What only this side can say: that nobody answered, or not as agreed. */
const own = words(
  {
    unreachable: 'The server cannot be reached. Check your connection and try again.',
    unreadable: 'This page is older than the server. Load it again.',
  },
  { unreachable: '无法连接服务器，请检查网络后重试。', unreadable: '页面版本已过期，请刷新页面。' },
)

export interface Wish {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** The name of this wish: sent twice, it is carried out once. */
  readonly requestKey?: string
  readonly signal?: AbortSignal | undefined
}

let language: Language = languageOfBrowser()
/** Refusals come in it. */
export const speak = (now: Language): void => {
  language = now
}

/** Asks the console's API; an answer that is not as the contract says, and every "no", is thrown as a Refusal. */
export async function ask<T>(path: string, schema: z.ZodType<T>, wish: Wish = {}): Promise<T> {
  const { method, body, requestKey, signal } = wish
  const answer = await fetch(path.startsWith('/api/') ? path : BASE + path, {
    method: method ?? 'GET',
    credentials: 'same-origin',
    headers: {
      'accept-language': TAGS[language],
      ...(method ? { 'x-codeplan-csrf': '1' } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(requestKey === undefined ? {} : { 'idempotency-key': requestKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new Refusal('unreachable', own[language].unreachable, 0)
  })
  const text = await answer.text()
  const said: unknown = text === '' ? null : readJson(text)
  if (answer.ok) {
    const read = schema.safeParse(said)
    if (read.success) return read.data
    throw new Refusal('unreadable', own[language].unreadable, answer.status, { issues: read.error.issues })
  }
  const refused = refusalSchema.safeParse(said)
  if (!refused.success) throw new Refusal('unreachable', own[language].unreachable, answer.status)
  const { code, message, detail } = refused.data.error
  throw new Refusal(code, message, answer.status, detail)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** For answers without a body. */
export const nothing = z.null()
