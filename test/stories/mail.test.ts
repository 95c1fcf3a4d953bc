import { DAY_MS, HOUR_MS, MINUTE_MS } from '@codeplan/core'
import { startSmtp, type SandboxSmtp } from '@codeplan/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { mailList, mailShow } from '../../apps/server/src/commands/mail.ts'
import { makeMail, queueMail, type MailData, type MailKind } from '../../apps/server/src/platform/index.ts'
import { html, wordMail } from '../../apps/server/src/platform/mail-words.ts'
import { openHouse, type House } from '../house/house.ts'
import { lettersTo, tokenFor, visitor } from '../house/visitor.ts'

const AT = Date.parse('2026-03-02T10:00:00Z')
/** A letter of each kind. */
const EXAMPLES: MailData = {
  verify: { link: 'http://x/verify', ends_at: AT },
  already_member: { link: 'http://x/in' },
  reset: { link: 'http://x/reset', ends_at: AT },
  sign_in_changed: { what: 'password', at: AT },
  team_invitation: { team: 'Acme', by: 'ann@example.org', link: 'http://x/join', ends_at: AT },
  seat_given: { team: 'Acme', plan: 'Pro', ends_at: AT },
  seat_taken: { team: 'Acme', plan: 'Pro' },
  receipt: { what: 'Pro', amount: '149.00', currency: 'CNY', invoice: '2026-000001' },
  renewal_notice: { plan: 'Pro', amount: '149.00', currency: 'CNY', at: AT },
  payment_declined: {
    plan: 'Pro',
    amount: '149.00',
    currency: 'CNY',
    next_try: null,
    ends_at: AT,
    pay_url: 'http://x/pay',
  },
  subscription_ended: { plan: 'Pro', at: AT },
  refund_sent: { amount: '12.34', currency: 'CNY' },
  upgrade_done: { from: 'Lite', to: 'Max', at: AT },
  window_filled: { plan: 'Pro', hours: 168, percent: 75, resets_at: AT },
  balance_low: { balance: '4.99', currency: 'CNY' },
}
const KINDS = Object.keys(EXAMPLES) as MailKind[]

describe('letters', () => {
  let smtp: SandboxSmtp
  let house: House
  beforeAll(async () => {
    smtp = await startSmtp()
    house = await openHouse({ secrets: { SMTP_URL: smtp.url, MAIL_FROM: 'Codeplan <plan@example.org>' } })
  })
  afterEach(() => house.rooms.mail.work())
  afterAll(async () => {
    await house.close()
    await smtp.close()
  })
  const write = (
    address: string,
    kind: MailKind = 'balance_low',
    dedupeKey = `${kind}:${address}`,
    memberId: string | null = null,
  ) =>
    house.rooms.db.tx((tx) =>
      queueMail(tx, { memberId, address, kind, data: EXAMPLES[kind], dedupeKey }, house.clock.now()),
    )
  const sentTo = (address: string) => smtp.mails().filter(({ to }) => to.includes(address))
  const decoded = (source: string): string =>
    source
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

  test('go to the mail server as text and as plain HTML, without anything that tells who has read them', async () => {
    const email = 'ann@example.org'
    await visitor(house).post('/account/sign_up', { email, password: 'quite a long one' })
    const token = await tokenFor(house, email, 'verify')
    await house.rooms.mail.work()
    const [mail] = sentTo(email)
    const source = decoded(mail?.source ?? '')
    expect(mail?.from).toBe('plan@example.org')
    expect(source).toMatch(/^From: Codeplan <plan@example\.org>/m)
    expect(source).toMatch(/^Auto-Submitted: auto-generated/m)
    expect(source).toContain(`Confirm the address: http://plan.example.org/account/verify?token=${token}`)
    expect(source).toContain('text/html')
    expect(source).not.toMatch(/<img|<link|<script|src=/)
    // The link is its reader's alone: once sent, it is not kept.
    expect((await lettersTo(house, email))[0]).toMatchObject({ attempts: 1, data: { ends_at: expect.any(Number) } })
    await expect(tokenFor(house, email, 'verify')).rejects.toThrow('no letter')
  })

  test('are written in the language of their reader', async () => {
    const zh = { 'accept-language': 'zh-CN,zh;q=0.9' }
    await visitor(house).post('/account/sign_up', { email: 'zh@example.org', password: 'quite a long one' }, zh)
    await house.rooms.mail.work()
    const [mail] = sentTo('zh@example.org')
    const subject = /^Subject: =\?UTF-8\?([BQ])\?(.*)\?=/m.exec(mail?.source ?? '')
    const bytes =
      subject?.[1] === 'B'
        ? Buffer.from(subject[2] as string, 'base64')
        : Buffer.from(decoded(subject?.[2] ?? ''), 'latin1')
    expect(bytes.toString('utf8')).toContain('请确认您在')
  })

  test('of one key are one letter, however often they are asked for', async () => {
    expect(await write('once@example.org')).toBe(true)
    expect(await write('once@example.org')).toBe(false)
    await house.rooms.mail.work()
    expect(await house.rooms.mail.work()).toBe(0)
    expect(sentTo('once@example.org')).toHaveLength(1)
  })

  test('are tried again later when the mail server is busy, and keep their message id', async () => {
    await write('busy@example.org')
    smtp.refuse('451 try later', '421 not now')
    await house.rooms.mail.work()
    expect(sentTo('busy@example.org')).toHaveLength(0)
    expect((await lettersTo(house, 'busy@example.org'))[0]).toMatchObject({
      sent_at: null,
      failure: expect.stringContaining('451'),
    })
    house.clock.advance(59_000)
    expect(await house.rooms.mail.work()).toBe(0)
    house.clock.advance(1_000)
    await house.rooms.mail.work()
    house.clock.advance(5 * MINUTE_MS)
    await house.rooms.mail.work()
    const [mail] = sentTo('busy@example.org')
    const row = (await lettersTo(house, 'busy@example.org'))[0]
    expect(mail?.source).toContain(`Message-ID: <${row?.id}@codeplan>`)
    expect(row).toMatchObject({ attempts: 3, failure: null, next_at: null, sent_at: house.clock.now() })
  })

  test('are given up with the reason when the server says no for good, or after a day', async () => {
    await write('unknown@example.org')
    smtp.refuse('550 no such mailbox')
    await house.rooms.mail.work()
    expect((await lettersTo(house, 'unknown@example.org'))[0]).toMatchObject({
      next_at: null,
      sent_at: null,
      failure: expect.stringContaining('no such mailbox'),
    })
    await write('never@example.org')
    smtp.refuse(...Array.from({ length: 7 }, () => '451 try later'))
    for (let hour = 0; hour < 40; hour++) {
      await house.rooms.mail.work()
      house.clock.advance(HOUR_MS)
    }
    expect((await lettersTo(house, 'never@example.org'))[0]).toMatchObject({
      attempts: 7,
      next_at: null,
      sent_at: null,
    })
    house.clock.advance(DAY_MS)
    expect(await house.rooms.mail.work()).toBe(0)
  })

  test('are sent once when two nodes look at the same moment', async () => {
    for (let i = 0; i < 10; i++) await write('both@example.org', 'balance_low', `both:${i}`)
    const { db, clock, log, config, catalog } = house.rooms
    const operator = () => catalog.current().operator
    const other = makeMail({ db, clock, log, secret: config.secret, operator })
    await Promise.all([house.rooms.mail.work(), other.work()])
    expect(sentTo('both@example.org')).toHaveLength(10)
  })

  test.each(KINDS)('%s has words in both languages, and nothing of its reader becomes markup', (kind) => {
    const data = JSON.parse(JSON.stringify(EXAMPLES[kind]).replaceAll(/Acme|Pro|Lite/g, '<b>&'))
    for (const language of ['en', 'zh'] as const) {
      const letter = wordMail({ kind, data }, { operator: 'Codeplan', zone: 'Asia/Shanghai', language })
      const text = [letter.subject, ...letter.lines, letter.link?.label ?? ''].join('\n')
      expect(text).not.toMatch(/undefined|null|NaN|\[object/)
      expect(/[\u4e00-\u9fff]/.test(text)).toBe(language === 'zh')
      if (text.includes('10:00')) expect.unreachable('the reader’s clock shows 18:00')
      expect(html(letter)).not.toContain('<b>')
    }
  })
})

test('without a mail server letters are kept, and the operator reads them', async () => {
  const house = await openHouse()
  const email = 'ann@example.org'
  await visitor(house).post('/account/sign_up', { email, password: 'quite a long one' })
  await house.rooms.mail.work()
  const listed = await mailList.run(house.rooms, { words: [email], options: {}, input: undefined })
  const { mails } = (listed.ok ? listed.data : {}) as { mails: { id: string; state: string }[] }
  expect(mails).toMatchObject([{ kind: 'verify', state: expect.stringContaining('kept') }])
  const shown = await mailShow.run(house.rooms, { words: [mails[0]?.id ?? ''], options: {}, input: undefined })
  expect(shown.ok && shown.text).toContain(`token=${await tokenFor(house, email, 'verify')}`)
  await house.close()
})
