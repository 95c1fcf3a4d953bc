import type { UsageStanding, RefusedShown, ModelPrices } from '@codeplan/contract'

import { EXIT, Stop } from './world.ts'

/** What the server says of itself to anybody, as far as it is used here. */
export interface Prices {
  readonly zone: string
  readonly currency: string
  readonly plans: readonly { readonly id: string; readonly name: string; readonly models: readonly string[] }[]
  readonly models: readonly ModelPrices[]
}
export interface Balance {
  readonly currency: string
  readonly balance: number | string
  readonly available: number | string
}
export interface Days {
  readonly days: readonly {
    readonly day: string
    readonly name: string
    readonly calls: number
    readonly charge: number
  }[]
}
export interface Answers {
  readonly standing: UsageStanding
  readonly balance: Balance
  readonly prices: Prices
  readonly refusals: { readonly refusals: readonly RefusedShown[] }
  readonly days: Days
}

export type Asked<T> =
  | { readonly ok: true; readonly data: T; readonly date: string | null }
  | { readonly ok: false; readonly why: 'key-refused'; readonly message: string }
  | { readonly ok: false; readonly why: 'unreachable' | 'no-codeplan'; readonly message: string }

/** Asks the server; a "no" is a value. Redirects are not followed: they would take the key to another host. */
export async function ask<Name extends keyof Answers>(
  { host, key }: { readonly host: string; readonly key: string },
  name: Name,
  {
    language,
    timeoutMs = 15_000,
    query = '',
  }: { readonly language: string; readonly timeoutMs?: number; readonly query?: string },
): Promise<Asked<Answers[Name]>> {
  try {
    const answer = await fetch(`${host}/api/usage/v1/${name}${query}`, {
      headers: { authorization: `Bearer ${key}`, 'accept-language': language, 'user-agent': 'codeplan-cli' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body: unknown = await answer.json().catch(() => undefined)
    if (answer.ok && typeof body === 'object' && body !== null)
      return { ok: true, data: body as Answers[Name], date: answer.headers.get('date') }
    const error = (body as { readonly error?: { readonly message?: string } } | undefined)?.error
    if (error && answer.status < 500) return { ok: false, why: 'key-refused', message: String(error.message) }
    return { ok: false, why: answer.status >= 500 ? 'unreachable' : 'no-codeplan', message: `HTTP ${answer.status}` }
  } catch (error) {
    const { name: kind, message, cause } = error as Error
    const reason =
      (cause as { readonly code?: string } | undefined)?.code ??
      (kind === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : message)
    return { ok: false, why: 'unreachable', message: reason }
  }
}

/** Why a command cannot go on. */
export function noAnswer(host: string, { why, message }: Extract<Asked<unknown>, { readonly ok: false }>): Stop {
  switch (why) {
    case 'key-refused':
      return new Stop(EXIT.keyRefused, {
        en: `${host} refuses the key: ${message}`,
        zh: `${host} 拒绝了该 Key：${message}`,
      })
    case 'no-codeplan':
      return new Stop(EXIT.unreachable, {
        en: `${host} answers, but not as a Codeplan server (${message}). Check the address`,
        zh: `${host} 有应答，但不是 Codeplan 服务器（${message}）。请检查地址`,
      })
    case 'unreachable':
      return new Stop(EXIT.unreachable, {
        en: `${host} cannot be reached (${message}). Check the address and the network; setup goes without asking it by --offline`,
        zh: `无法连接 ${host}（${message}）。请检查地址与网络；setup 可加 --offline 跳过询问`,
      })
  }
}
