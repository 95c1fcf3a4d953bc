import { hash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

import { DAY_MS, instant, makeId, type Instant, type MemberId } from '@codeplan/core'

import { makeBatcher, type Clock, type Db, type Language, type Tx } from '../platform/index.ts'
import { cookieOf } from './cookies.ts'
import type { Role } from './people-store.ts'
import {
  forgetSessions,
  insertSession,
  keepNewest,
  sessionsByHash,
  SESSIONS_CHANNEL,
  touchSessions,
  type KnownSession,
} from './sessions-store.ts'

/** Who asks at the console. */
export interface Person {
  readonly memberId: MemberId
  readonly email: string
  readonly role: Role
  readonly verified: boolean
  readonly language: Language
  readonly sessionId: string
  /** The address of the operator who looks with this member's eyes, and may change nothing. */
  readonly lookedBy: string | null
}

export const SESSION_COOKIE = 'codeplan_session'
/** Keeps an operator's own session while he looks with a member's eyes; counts when the look is over. */
export const OWN_SESSION_COOKIE = `${SESSION_COOKIE}_own`
/** All that open the console within a day fit; beyond it the memory starts anew. */
const ENTRIES_MAX = 200_000
/** While the channel that announces changes is down, nothing is believed longer than this. */
const UNHEARD_MS_MAX = 1_000
/** Beyond it the oldest ends. */
const SESSIONS_OF_MEMBER_MAX = 30
const DAYS_DEFAULT = 30
const AGENT_LENGTH_MAX = 200
const READ_TOGETHER_MAX = 500
/** After a batch of several the next one waits a moment for company; a caller alone does not wait. */
const READ_GATHER_MS = 2

/** The token has 256 random bits, so a plain hash is enough. */
export const hashToken = (token: string): Buffer => hash('sha256', token, 'buffer')
export const makeToken = (): string => randomBytes(32).toString('base64url')

export interface SessionFrom {
  readonly days?: number
  readonly address?: string
  readonly agent?: string
}

/** Signs a member in; the token is in the answer and nowhere else. */
export const openSession = (db: Db, memberId: string, now: Instant, from?: SessionFrom): Promise<string> =>
  db.tx((tx) => beginSession(tx, memberId, now, from))

export async function beginSession(tx: Tx, memberId: string, now: Instant, from: SessionFrom = {}): Promise<string> {
  const endsAt = instant(now + (from.days ?? DAYS_DEFAULT) * DAY_MS)
  const token = await newSession(tx, { memberId, endsAt, openedBy: null, ...from }, now)
  await keepNewest(tx, memberId, SESSIONS_OF_MEMBER_MAX)
  return token
}

export async function newSession(
  tx: Tx,
  of: Pick<SessionFrom, 'address' | 'agent'> & {
    readonly memberId: string
    readonly endsAt: Instant
    readonly openedBy: MemberId | null
  },
  now: Instant,
): Promise<string> {
  const token = makeToken()
  await insertSession(tx, {
    id: makeId('ses', now, randomBytes(16)),
    hash: hashToken(token),
    member_id: of.memberId,
    created_at: now,
    seen_at: now,
    ends_at: of.endsAt,
    address: of.address ?? '',
    agent: (of.agent ?? '').slice(0, AGENT_LENGTH_MAX),
    opened_by: of.openedBy,
  })
  return token
}

export interface Sessions {
  /** Whose session the cookie names; a known one costs no database call. */
  whoIs(headers: IncomingHttpHeaders): Promise<Person | undefined>
  /** Writes down when sessions were last seen. */
  flushSeen(): Promise<void>
  forgetEnded(): Promise<void>
}

interface Entry {
  readonly person: Person
  readonly endsAt: number
  readonly readAt: Instant
}

export async function makeSessions({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<Sessions> {
  const entries = new Map<string, Entry>()
  const tokensOf = new Map<string, Set<string>>()
  const seen = new Map<string, Instant>()
  // Reads that were under way while something changed must not fill the memory with what they saw before.
  let generation = 0
  const forgetAll = (): void => {
    generation++
    entries.clear()
    tokensOf.clear()
  }
  const forget = (memberId: string): void => {
    generation++
    for (const token of tokensOf.get(memberId) ?? []) entries.delete(token)
    tokensOf.delete(memberId)
  }
  await db.listen(SESSIONS_CHANNEL, forget, forgetAll)

  function remember(token: string, row: KnownSession | undefined, before: number, now: Instant): Entry | undefined {
    if (!row) return undefined
    const { id: sessionId, email, role, verified, language, opened_by: lookedBy } = row
    const person = { memberId: row.member_id as MemberId, email, role, verified, language, sessionId, lookedBy }
    const entry = { person, endsAt: row.ends_at, readAt: now }
    if (before === generation) {
      if (entries.size >= ENTRIES_MAX) forgetAll()
      entries.set(token, entry)
      const tokens = tokensOf.get(row.member_id)
      if (tokens) tokens.add(token)
      else tokensOf.set(row.member_id, new Set([token]))
    }
    return entry
  }

  // A crowd that comes at once is looked up together.
  const reads = makeBatcher<string, Entry | undefined>({
    work: async (tokens) => {
      const before = generation
      const now = clock.now()
      const hashes = tokens.map((token) => hashToken(token).toString('hex'))
      const rows = new Map((await sessionsByHash(db.queries, hashes)).map((row) => [row.hash, row]))
      return tokens.map((token, i) => remember(token, rows.get(hashes[i] ?? ''), before, now))
    },
    gatherMs: (_, lastSize) => (lastSize > 1 ? READ_GATHER_MS : 0),
    sizeMax: READ_TOGETHER_MAX,
  })

  async function whose(token: string | undefined): Promise<Person | undefined> {
    if (!token) return undefined
    const now = clock.now()
    const known = entries.get(token)
    const stale = !known || (!db.isListening() && now - known.readAt > UNHEARD_MS_MAX)
    const entry = stale ? await reads.add(token) : known
    if (!entry || now >= entry.endsAt) return undefined
    seen.set(entry.person.sessionId, now)
    return entry.person
  }

  return {
    whoIs: async (headers) =>
      (await whose(cookieOf(headers, SESSION_COOKIE))) ?? whose(cookieOf(headers, OWN_SESSION_COOKIE)),
    flushSeen: async () => {
      if (seen.size === 0) return
      const now = new Map(seen)
      seen.clear()
      await touchSessions(db.queries, now)
    },
    forgetEnded: () => forgetSessions(db.queries, instant(clock.now() - DAY_MS)),
  }
}
