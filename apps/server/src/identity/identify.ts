import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'

import type { Instant, KeyId, MemberId } from '@codeplan/core'

import type { Clock, Db, Metrics, Refusal } from '../platform/index.ts'
import { allowsAddress, makeAllowList } from './allow-list.ts'
import { clientAddress } from './client-address.ts'
import { makeFailedKeys } from './failed-keys.ts'
import { tokenEndsAt, tokenIsValid, readToken } from './jwt.ts'
import { hashKey, looksLikeKey } from './key-text.ts'
import { makeManyAddresses } from './many-addresses.ts'
import type { Seal } from './seal.ts'
import { IDENTITY_CHANNEL, keyByHandle, keyByHash, markKeys, touchKeys, type KnownKey } from './store.ts'

/** Who asks. */
export interface Principal {
  readonly memberId: MemberId
  readonly keyId: KeyId
  readonly suspended: boolean
}

export type IdentifyRefusal = Extract<
  Refusal,
  { code: 'no_key' | 'bad_key' | 'too_many_failures' | 'address_not_allowed' }
>

export const isRefused = (answer: Principal | IdentifyRefusal): answer is IdentifyRefusal => 'code' in answer

export interface Identify {
  /** Answers at once when the key is cached: no database call on the hot path. */
  (req: Pick<IncomingMessage, 'headers' | 'socket'>): Principal | IdentifyRefusal | Promise<Principal | IdentifyRefusal>
  /** Writes down when keys were last used. Runs by the clock, so that no call waits for it. */
  flushLastUsed(): Promise<void>
}

interface Entry {
  readonly principal: Principal
  /** Where the key may be used from; absent: anywhere. */
  readonly allowed: BlockList | undefined
  readonly readAt: Instant
  readonly until: number
}

/** Keys of everybody who calls within a day fit; beyond it the memory starts anew. */
const ENTRIES_MAX = 200_000
/** While the channel that announces revocations is down, nothing is believed longer than this. */
const UNHEARD_MS_MAX = 1_000

export interface IdentifyDeps {
  readonly db: Db
  readonly seal: Seal
  readonly clock: Clock
  readonly metrics: Metrics
  /** Proxies in front of the server whose `X-Forwarded-For` is believed. */
  readonly proxyHops: number
}

export async function makeIdentify({ db, seal, clock, metrics, proxyHops }: IdentifyDeps): Promise<Identify> {
  const entries = new Map<string, Entry>()
  const failures = makeFailedKeys()
  const manyAddresses = makeManyAddresses(() => metrics.manyAddresses.inc())
  const lastUsed = new Map<string, Instant>()
  // Reads that were under way while something changed must not fill the memory with what they saw before.
  let generation = 0
  const forget = (): void => {
    generation++
    entries.clear()
  }
  await db.listen(IDENTITY_CHANNEL, forget, forget)

  async function look(text: string, address: string, now: Instant): Promise<Principal | IdentifyRefusal> {
    const before = generation
    const found = await findKey(db, seal, text, now)
    if (!found || found.key.revoked_at !== null) {
      failures.failed(text, address, now)
      metrics.failedKeys.inc()
      return { code: 'bad_key' }
    }
    failures.succeeded(text)
    const allowed = found.key.allowed === null ? undefined : makeAllowList(found.key.allowed)
    const entry = { principal: principalOf(found.key), allowed, readAt: now, until: found.until }
    if (before === generation) {
      if (entries.size >= ENTRIES_MAX) entries.clear()
      entries.set(text, entry)
    }
    return letIn(entry, address, now)
  }

  function letIn({ principal, allowed }: Entry, address: string, now: Instant): Principal | IdentifyRefusal {
    if (allowed && !allowsAddress(allowed, address)) return { code: 'address_not_allowed', address }
    manyAddresses.note(principal.keyId, address, now)
    return principal
  }

  const identify: (...of: Parameters<Identify>) => ReturnType<Identify> = ({ headers, socket }) => {
    const text = keyOf(headers)
    if (text === undefined) return { code: 'no_key' }
    const now = clock.now()
    const address = clientAddress(headers, socket, proxyHops)
    const entry = entries.get(text)
    const stale = entry && (now >= entry.until || (!db.isListening() && now - entry.readAt > UNHEARD_MS_MAX))
    if (entry && !stale) {
      lastUsed.set(entry.principal.keyId, now)
      return letIn(entry, address, now)
    }
    if (failures.isKnownWrong(text)) return { code: 'bad_key' }
    const waitMs = failures.waitMs(text, address, now)
    if (waitMs > 0) return { code: 'too_many_failures', retryAfterSec: Math.ceil(waitMs / 1000) }
    return look(text, address, now)
  }
  return Object.assign(identify, {
    flushLastUsed: async (): Promise<void> => {
      const marked = manyAddresses.taken()
      if (marked.size > 0) await markKeys(db.queries, marked)
      if (lastUsed.size === 0) return
      const used = new Map(lastUsed)
      lastUsed.clear()
      await touchKeys(db.queries, used)
    },
  })
}

/** `Authorization: Bearer <key>`, bare `Authorization: <key>`, or `x-api-key: <key>`; `Bearer` wins over the latter. */
export function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const authorization = headers.authorization?.trim()
  if (authorization) {
    const bare = /^bearer\s+/i.test(authorization) ? authorization.replace(/^bearer\s+/i, '') : authorization
    if (bare) return bare
  }
  const own = headers['x-api-key']
  const text = (Array.isArray(own) ? own[0] : own)?.trim()
  return text || undefined
}

async function findKey(
  db: Db,
  seal: Seal,
  text: string,
  now: Instant,
): Promise<{ key: KnownKey; until: number } | undefined> {
  if (looksLikeKey(text)) {
    const key = await keyByHash(db.queries, hashKey(text))
    return key && { key, until: Number.POSITIVE_INFINITY }
  }
  const token = readToken(text)
  if (!token) return undefined
  const key = await keyByHandle(db.queries, token.handle)
  const secret = key && seal.open(key.sealed_secret)
  if (!key || secret === undefined || !tokenIsValid(token, secret, now)) return undefined
  return { key, until: tokenEndsAt(token) }
}

function principalOf(key: KnownKey): Principal {
  return {
    memberId: key.member_id as MemberId,
    keyId: key.key_id as KeyId,
    suspended: key.suspended_at !== null,
  }
}
