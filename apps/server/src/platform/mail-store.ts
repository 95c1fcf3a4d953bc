import type { Instant } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from './db.ts'
import type { Language } from './errors.ts'

export interface MailRow {
  readonly id: string
  readonly member_id: string | null
  readonly address: string
  readonly kind: string
  readonly data: Readonly<Record<string, unknown>>
  readonly created_at: number
  readonly sent_at: number | null
  readonly attempts: number
  readonly next_at: number | null
  readonly failure: string | null
  /** The reader's, as far as it is known. */
  readonly language: Language | null
  readonly zone: string | null
}

const READ = sql`select l.*, m.language, m.zone from mails l left join members m on m.id = l.member_id`

/** False when a letter of this key is there. */
export async function insertMail(
  tx: Tx,
  row: {
    id: string
    memberId: string | null
    address: string
    kind: string
    data: unknown
    dedupeKey: string
    at: Instant
  },
): Promise<boolean> {
  const { rows } =
    await sql`insert into mails (id, member_id, address, kind, data, dedupe_key, created_at, next_at) values (${row.id},
    ${row.memberId}, ${row.address}, ${row.kind}, ${jsonb(row.data)}::jsonb, ${row.dedupeKey}, ${row.at}, ${row.at})
    on conflict (dedupe_key) do nothing returning id`.execute(tx)
  return rows.length > 0
}

/** Takes letters that are due, so that no other node sends them until `again`: if this node dies, they are sent then. */
export async function takeDue(tx: Tx, now: Instant, again: Instant, count: number): Promise<readonly MailRow[]> {
  const taken = await sql<{ id: string }>`update mails set next_at = ${again}, attempts = attempts + 1 where id in
    (select id from mails where next_at <= ${now} order by next_at limit ${count} for update skip locked) returning id`.execute(
    tx,
  )
  const ids = taken.rows.map(({ id }) => id)
  if (ids.length === 0) return []
  return (await sql<MailRow>`${READ} where l.id = any(${ids}) order by l.id`.execute(tx)).rows
}

/** Links are for their reader: once a letter is out of our hands, they are not kept. */
const WITHOUT_LINK = sql`data - 'link'`

export async function markSent(on: Queries, id: string, at: Instant): Promise<void> {
  await sql`update mails set sent_at = ${at}, next_at = null, failure = null, data = ${WITHOUT_LINK} where id = ${id}`.execute(
    on,
  )
}

export async function markFailed(on: Queries, id: string, failure: string, next: Instant): Promise<void> {
  await sql`update mails set failure = ${failure}, next_at = ${next} where id = ${id}`.execute(on)
}

export async function giveUp(on: Queries, id: string, failure: string): Promise<void> {
  await sql`update mails set failure = ${failure}, next_at = null, data = ${WITHOUT_LINK} where id = ${id}`.execute(on)
}

/** Without a mail server a letter stays as it is, to be read by the operator. */
export async function markKept(on: Queries, id: string): Promise<void> {
  await sql`update mails set next_at = null where id = ${id}`.execute(on)
}

/** The newest first. */
export async function mailsOf(
  on: Queries,
  want: {
    readonly address?: string | undefined
    readonly givenUp?: boolean
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<readonly MailRow[]> {
  const whose = want.address === undefined ? sql`` : sql`and l.address = ${want.address.toLowerCase()}`
  const which = want.givenUp ? sql`and l.sent_at is null and l.next_at is null and l.failure is not null` : sql``
  const page = want.before === undefined ? sql`` : sql`and l.id < ${want.before}`
  const { rows } = await sql<MailRow>`${READ} where true ${whose} ${which} ${page}
    order by l.id desc limit ${want.limit}`.execute(on)
  return rows
}

export async function mailById(on: Queries, id: string): Promise<MailRow | undefined> {
  return (await sql<MailRow>`${READ} where l.id = ${id}`.execute(on)).rows[0]
}
