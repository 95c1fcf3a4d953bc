import { randomBytes } from 'node:crypto'

import { DAY_MS, instant, makeId, no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import {
  addInvited,
  hashToken,
  makeToken,
  memberByEmail,
  newPassword,
  type Caller,
  type Person,
} from '../identity/index.ts'
import { queueMail, type Language, type Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import {
  closeInvitation,
  insertInvitation,
  invitationByHash,
  invitationsOf,
  type InvitationRow,
} from './invitations-store.ts'
import { giveSeat } from './seat.ts'
import {
  clearEnded,
  joinTeam,
  keepSeatFor,
  lockTeam,
  seatOfMember,
  seatsOf,
  type SeatRow,
  type TeamRow,
} from './store.ts'
import type { TeamRefusal } from './team-words.ts'

const INVITATION_MS = 7 * DAY_MS

/** Seats that nobody has and that are kept for nobody. */
export async function freeSeats(tx: Tx, teamId: string, now: Instant): Promise<readonly SeatRow[]> {
  const standing = new Set((await invitationsOf(tx, teamId, now)).map(({ id }) => id))
  const isKept = (seat: SeatRow): boolean => seat.invitation_id !== null && standing.has(seat.invitation_id)
  return (await seatsOf(tx, teamId, now)).filter((seat) => seat.member_id === null && !isKept(seat))
}

/** Invites somebody by a letter and keeps a seat for him. The team's row is held by the caller. */
export async function invite(
  { people }: TeamDeps,
  tx: Tx,
  team: TeamRow,
  wish: { readonly email: string; readonly plan?: string | undefined; readonly by: Person },
  now: Instant,
): Promise<Outcome<InvitationRow, TeamRefusal>> {
  const { email, plan, by } = wish
  const [seat] = (await freeSeats(tx, team.id, now)).filter((free) => plan === undefined || free.plan === plan)
  if (!seat) return no('no_free_seat')
  if ((await invitationsOf(tx, team.id, now)).some((standing) => standing.email === email)) return no('invited_already')
  const member = await memberByEmail(tx, email)
  if (member && (await hasSeat(tx, member.id, now))) return no('has_seat')
  const token = makeToken()
  const id = makeId('inv', now, randomBytes(16))
  const row = { id, team_id: team.id, email, ends_at: instant(now + INVITATION_MS) }
  await insertInvitation(tx, { ...row, hash: hashToken(token), invitedBy: by.memberId, at: now })
  await keepSeatFor(tx, seat.id, id)
  const link = `${people.publicUrl}/team/join?token=${token}`
  const data = { team: team.name, by: by.email, link, ends_at: row.ends_at, language: by.language }
  const to = { memberId: member?.id ?? null, address: email }
  await queueMail(tx, { ...to, kind: 'team_invitation', data, dedupeKey: `team_invitation:${id}` }, now)
  return yes(row)
}

export interface Acceptance {
  readonly token: string
  /** Of somebody new. */
  readonly password?: string | undefined
  readonly name: string
  readonly language: Language
}

/**
 * Joins the team and takes the seat that was kept. A member accepts when signed in; whoever is new gets an account by the
 * link, which has shown that the address is his, and is signed in: `token` is his session.
 */
export async function accept(
  deps: TeamDeps,
  { token, password, name, language }: Acceptance,
  from: { readonly visitor: Person | undefined; readonly caller: Caller },
): Promise<
  Outcome<{ readonly teamId: string; readonly token: string | undefined }, TeamRefusal | 'weak_password' | 'busy'>
> {
  const { db, clock, people } = deps
  const now = clock.now()
  const hash = hashToken(token)
  const offered = await invitationByHash(db.queries, hash, now)
  if (!offered) return no('bad_link')
  const { email } = offered
  const member = await memberByEmail(db.queries, email)
  const isKnown = member !== undefined && member.verified_at !== null
  if (isKnown && from.visitor?.memberId !== member.id) return no(from.visitor ? 'other_person' : 'sign_in_first')
  if (!isKnown && password === undefined) return no('password_needed')
  const hashed = isKnown ? undefined : await newPassword(people, email, password as string)
  if (hashed?.ok === false) return hashed
  return db.tx(async (tx) => {
    const team = await lockTeam(tx, offered.team_id)
    if (!team) return no('bad_link')
    if (member && (await hasSeat(tx, member.id, now))) return no('has_seat')
    if (!(await closeInvitation(tx, offered.id, now))) return no('bad_link')
    const added =
      hashed && (await addInvited(people, tx, { email, name, language, hash: hashed.value, ...from.caller }, now))
    const memberId = added?.memberId ?? (member?.id as MemberId)
    await joinTeam(tx, { teamId: team.id, memberId, at: now })
    const seat = (await seatsOf(tx, team.id, now)).find((kept) => kept.invitation_id === offered.id && !kept.member_id)
    if (seat) await giveSeat(deps, tx, team, seat, { memberId, byGroup: null }, now)
    return yes({ teamId: team.id, token: added?.token })
  })
}

export async function withdraw(tx: Tx, teamId: string, id: string, now: Instant): Promise<Outcome<void, TeamRefusal>> {
  const standing = (await invitationsOf(tx, teamId, now)).some((invitation) => invitation.id === id)
  return standing && (await closeInvitation(tx, id, now)) ? yes(undefined) : no('no_such_invitation')
}

async function hasSeat(tx: Tx, memberId: string, now: Instant): Promise<boolean> {
  await clearEnded(tx, memberId, now)
  return (await seatOfMember(tx, memberId)) !== undefined
}
