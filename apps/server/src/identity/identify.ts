import type { IncomingHttpHeaders } from 'node:http'

import type { Instant, KeyId, MemberId } from '@codeplan/core'

import type { Clock, Db } from '../platform/index.ts'
import { tokenEndsAt, tokenIsValid, readToken } from './jwt.ts'
import { hashKey, looksLikeKey } from './key-text.ts'
import type { Seal } from './seal.ts'
import { IDENTITY_CHANNEL, keyByHandle, keyByHash, touchKeys, type KnownKey } from './store.ts'

/** Who asks. */
export interface Principal {
  readonly memberId: MemberId
  readonly keyId: KeyId
  readonly suspended: boolean
}

export type IdentifyRefusal = 'no_key' | 'bad_key'

export interface Identify {
  /** Answers at once when the key is cached: no database call on the hot path. */
  (headers: IncomingHttpHeaders): Principal | IdentifyRefusal | Promise<Principal | IdentifyRefusal>
  /** Writes down when keys were last used. Runs by the clock, so that no call waits for it. */
  flushLastUsed(): Promise<void>
}

interface Entry {
  readonly principal: Principal
  readonly readAt: Instant
  readonly until: number
}

/** Keys of everybody who calls within a day fit; beyond it the memory starts anew. */
const ENTRIES_MAX = 200_000
/** While the channel that announces revocations is down, nothing is believed longer than this. */
const UNHEARD_MS_MAX = 1_000

export async function makeIdentify(db: Db, seal: Seal, clock: Clock): Promise<Identify> {
  const entries = new Map<string, Entry>()
  const lastUsed = new Map<string, Instant>()
  // Reads that were under way while something changed must not fill the memory with what they saw before.
  let generation = 0
  const forget = (): void => {
    generation++
    entries.clear()
  }
  await db.listen(IDENTITY_CHANNEL, forget, forget)

  async function look(text: string, now: Instant): Promise<Principal | 'bad_key'> {
    const before = generation
    const found = await findKey(db, seal, text, now)
    if (!found || found.key.revoked_at !== null) return 'bad_key'
    const principal = principalOf(found.key)
    if (before === generation) {
      if (entries.size >= ENTRIES_MAX) entries.clear()
      entries.set(text, { principal, readAt: now, until: found.until })
    }
    return principal
  }

  const identify = (headers: IncomingHttpHeaders) => {
    const text = keyOf(headers)
    if (text === undefined) return 'no_key' as const
    const now = clock.now()
    const entry = entries.get(text)
    const stale = entry && (now >= entry.until || (!db.isListening() && now - entry.readAt > UNHEARD_MS_MAX))
    if (entry && !stale) {
      lastUsed.set(entry.principal.keyId, now)
      return entry.principal
    }
    return look(text, now)
  }
  return Object.assign(identify, {
    flushLastUsed: async (): Promise<void> => {
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
