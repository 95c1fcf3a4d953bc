import { randomBytes } from 'node:crypto'

import { HOUR_MS, instant, makeId, MINUTE_MS, plusMs, type Instant } from '@codeplan/core'
import { createTransport } from 'nodemailer'

import type { Clock } from './clock.ts'
import type { Db, Tx } from './db.ts'
import type { Log } from './log.ts'
import { giveUp, insertMail, markFailed, markKept, markSent, takeDue, type MailRow } from './mail-store.ts'
import { html, plainText, wordMail, type Letter, type MailData, type MailKind } from './mail-words.ts'

export interface MailWish<Kind extends MailKind> {
  /** Null: a person whom we do not know. Then `data.language` says how to write. */
  readonly memberId: string | null
  readonly address: string
  readonly kind: Kind
  readonly data: MailData[Kind]
  /** The same key is one letter, however often it is asked for. */
  readonly dedupeKey: string
}

/** Writes a letter down in the transaction that does what it tells of; it is sent afterwards. */
export async function queueMail<Kind extends MailKind>(tx: Tx, wish: MailWish<Kind>, now: Instant): Promise<boolean> {
  const id = makeId('mail', now, randomBytes(16))
  return insertMail(tx, { id, ...wish, address: wish.address.toLowerCase(), at: now })
}

export interface Mail {
  /**
   * Sends what is due; answers how many letters it has worked off. Several nodes may do so at once; in one node runs follow
   * each other, so that after one everything due before it is settled.
   */
  work(): Promise<number>
}

export interface MailDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly secret: (name: string) => string | undefined
  readonly operator: () => { readonly name: string; readonly zone: string }
}

/** Pauses after a failed attempt; after the last one the letter is given up. */
const PAUSES_MS = [1, 5, 30, 120, 480, 960].map((minutes) => minutes * MINUTE_MS)
/** A node that dies while it sends leaves its letters to the others for so long. */
const LEASE_MS = HOUR_MS / 4
const AT_ONCE = 20
const SOCKET_MS_MAX = 30_000

export function makeMail({ db, clock, log, secret, operator }: MailDeps): Mail {
  const url = secret('SMTP_URL')
  const transport =
    url === undefined
      ? undefined
      : createTransport(
          { url, connectionTimeout: SOCKET_MS_MAX, greetingTimeout: SOCKET_MS_MAX, socketTimeout: SOCKET_MS_MAX },
          { from: secret('MAIL_FROM') ?? '' },
        )

  async function send(row: MailRow): Promise<void> {
    const letter = letterOf(row, operator())
    if (!transport) {
      log.info(
        { mail: row.id, to: row.address, kind: row.kind, text: plainText(letter) },
        `a letter is kept: ${letter.subject}`,
      )
      return markKept(db.queries, row.id)
    }
    try {
      await transport.sendMail({
        to: { name: '', address: row.address },
        subject: letter.subject,
        text: plainText(letter),
        html: html(letter),
        // The same for every attempt: mailboxes that look for it show a letter once.
        messageId: `<${row.id}@codeplan>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      await markSent(db.queries, row.id, clock.now())
    } catch (error) {
      await failed(row, error as Error & { responseCode?: number })
    }
  }

  async function failed(row: MailRow, error: Error & { responseCode?: number }): Promise<void> {
    const pause = PAUSES_MS[row.attempts - 1]
    // A server that says no for good (5xx) says so again tomorrow.
    const final = pause === undefined || (error.responseCode ?? 0) >= 500
    log.warn(
      { mail: row.id, kind: row.kind, attempt: row.attempts, final, why: error.message },
      'a letter was not sent',
    )
    if (final) await giveUp(db.queries, row.id, error.message)
    else await markFailed(db.queries, row.id, error.message, plusMs(clock.now(), pause))
  }

  async function workOff(): Promise<number> {
    for (let done = 0; ;) {
      const now = clock.now()
      const due = await db.tx((tx) => takeDue(tx, now, instant(now + LEASE_MS), AT_ONCE))
      if (due.length === 0) return done
      for (const row of due) await send(row)
      done += due.length
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  return {
    work: () => {
      const run = last.then(workOff)
      last = run.catch(() => undefined)
      return run
    },
  }
}

/** A letter as its reader sees it. */
export function letterOf(row: MailRow, operator: { readonly name: string; readonly zone: string }): Letter {
  const language = row.language ?? (row.data.language === 'zh' ? 'zh' : 'en')
  return wordMail(row, { operator: operator.name, zone: row.zone ?? operator.zone, language })
}
