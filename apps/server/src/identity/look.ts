import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

import { makeId, MINUTE_MS, type Instant, type MemberId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { cookieOf, cookieText } from './cookies.ts'
import type { Caller, People } from './people.ts'
import { isSecure, noSessionCookie, noSessionCookies, sessionCookie } from './session-cookie.ts'
import { hashToken, makeToken, OWN_SESSION_COOKIE, SESSION_COOKIE, type Person } from './sessions.ts'
import { endSession, insertSession } from './sessions-store.ts'

/**
 * An operator sees the console with a member's eyes: by a session of its own that reads everything the member may read and
 * changes nothing (`registerConsole` sees to it). The member finds it in his list of sessions.
 */

/** Long enough to follow a complaint through its pages, too short to be forgotten in an open browser. */
export const LOOK_MS = 30 * MINUTE_MS

export async function beginLook(
  tx: Tx,
  look: { readonly memberId: MemberId; readonly by: Person; readonly from: Caller },
  now: Instant,
): Promise<{ readonly token: string; readonly endsAt: Instant }> {
  const token = makeToken()
  const endsAt = (now + LOOK_MS) as Instant
  await insertSession(tx, {
    id: makeId('ses', now, randomBytes(16)),
    hash: hashToken(token),
    member_id: look.memberId,
    created_at: now,
    seen_at: now,
    ends_at: endsAt,
    address: look.from.address,
    agent: look.from.agent.slice(0, 200),
    opened_by: look.by.memberId,
  })
  return { token, endsAt }
}

/** The browser shows the member's console from now on, and keeps the way back. */
export const lookCookies = (people: People, headers: IncomingHttpHeaders, token: string): string[] => {
  const look = cookieText(SESSION_COOKIE, token, { seconds: LOOK_MS / 1000, secure: isSecure(people) })
  return [look, sessionCookie(people, cookieOf(headers, SESSION_COOKIE) ?? '', OWN_SESSION_COOKIE)]
}

/** Ends the look; the cookies lead back to the operator's own session, if it still is one. */
export async function endLook(people: People, person: Person, headers: IncomingHttpHeaders): Promise<string[]> {
  await people.db.tx((tx) => endSession(tx, person.memberId, person.sessionId))
  const own = cookieOf(headers, OWN_SESSION_COOKIE)
  return own ? [sessionCookie(people, own), noSessionCookie(people, OWN_SESSION_COOKIE)] : noSessionCookies(people)
}
