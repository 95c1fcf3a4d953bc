import { Socket } from 'node:net'

import { DAY_MS, instant, minor, MINUTE_MS } from '@codeplan/core'
import { stripeSignature } from '@codeplan/sandbox'
import StripeSdk from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { loadAlipaySdk } from '../../apps/server/src/billing/providers/alipay.ts'
import { executeDay } from '../../apps/server/src/billing/providers/alipay-agreement.ts'
import type { PaymentProvider } from '../../apps/server/src/billing/providers/port.ts'
import { fromStripe, toStripe } from '../../apps/server/src/billing/providers/stripe-news.ts'
import { stoppedClock } from '../../apps/server/src/platform/index.ts'
import {
  ALIPAY_APP,
  alipayBench,
  AMOUNT,
  newPayment,
  openBench,
  STRIPE_SECRETS,
  stripeBench,
  wishFor,
  type ProviderBench,
} from '../house/provider-benches.ts'
import { fc } from '../house/property.ts'
import { CARD } from '../house/shopper.ts'

describe.each([
  { name: 'stripe', begin: stripeBench },
  { name: 'alipay', begin: alipayBench },
])('what $name says', ({ begin }) => {
  let bench: ProviderBench
  beforeAll(async () => {
    bench = await begin()
  })
  afterAll(() => bench.standIn.close())

  test('F59: with any of its bytes changed, a genuine notification is refused or says the same', async () => {
    const provider = await openBench(bench)
    const asked = await provider?.checkout(wishFor(newPayment(), true))
    bench.standIn.choose(asked?.action?.redirectUrl ?? '', CARD.pays)
    const told = bench.standIn.events.map(({ body, headers }) => ({ body, headers }))
    const read = (body: Buffer, headers: Readonly<Record<string, string>>) => provider?.readNotification(body, headers)
    fc.check(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, by) => {
      const { body, headers } = told[which % told.length]!
      const bytes = Buffer.from(body)
      const at = where % bytes.length
      bytes[at] = (bytes[at] as number) ^ by
      const said = read(bytes, headers)
      if (said?.ok) expect(said).toEqual(read(Buffer.from(body), headers))
    })
  })
})

describe('Stripe', () => {
  let bench: ProviderBench
  beforeAll(async () => {
    bench = await stripeBench()
  })
  afterAll(() => bench.standIn.close())
  const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'ping', data: { object: {} } })

  test('F59: signatures made by its own SDK are taken, and are those of the stand-in', async () => {
    const secret = STRIPE_SECRETS.STRIPE_WEBHOOK_SECRET
    const provider = await openBench(bench)
    const atSec = Math.floor(Date.now() / 1000)
    const header = await new StripeSdk('sk_test').webhooks.generateTestHeaderString({
      payload: body,
      secret,
      timestamp: atSec,
    })
    expect(stripeSignature(body, secret, atSec)).toBe(header)
    const read = (signature: string) => provider?.readNotification(Buffer.from(body), { 'stripe-signature': signature })
    expect(read(header)).toEqual({ ok: true, value: { eventId: 'evt_1', news: undefined } })
    expect(read(stripeSignature(body, 'whsec_other', atSec))).toEqual({ ok: false, no: 'forged' })
    expect(read(stripeSignature(body, secret, atSec - 3600))).toEqual({ ok: false, no: 'forged' })
    const words = 'not json'
    const signed = { 'stripe-signature': stripeSignature(words, secret, atSec) }
    expect(provider?.readNotification(Buffer.from(words), signed)).toEqual({ ok: false, no: 'not_readable' })
  })

  test('its pages and notifications keep to its clock when the sandbox’s clock was moved', async () => {
    const clock = stoppedClock(instant(Date.now() + 40 * DAY_MS))
    const provider = await openBench(bench, { clock })
    const asked = await provider?.checkout(wishFor(newPayment(), false, clock.now()))
    expect(asked?.state).toBe('action_required')
    const { headers } = bench.standIn.signed(body)
    expect(provider?.readNotification(Buffer.from(body), headers).ok).toBe(true)
  })

  test('F70: amounts are in its units: whole yen, mills of a dinar, and the three currencies that it counts otherwise', () => {
    const cases = [
      ['CNY', 4900, 4900],
      ['JPY', 1500, 1500],
      ['KWD', 4900, 4900],
      ['XOF', 500, 500],
      ['ISK', 500, 50_000],
      ['UGX', 500, 50_000],
      ['MGA', 500_00, 500],
    ] as const
    for (const [currency, ours, theirs] of cases) {
      expect([currency, toStripe(minor(ours), currency)]).toEqual([currency, theirs])
      expect(fromStripe(theirs, currency.toLowerCase())).toEqual({ amount: ours, currency })
    }
    expect(() => toStripe(minor(501), 'MGA')).toThrow(RangeError)
  })
})

describe('Alipay', () => {
  let bench: Awaited<ReturnType<typeof alipayBench>>
  let provider: PaymentProvider | undefined
  beforeAll(async () => {
    bench = await alipayBench()
    provider = await openBench(bench)
  })
  afterAll(() => bench.standIn.close())
  const form = { notify_type: 'trade_status_sync', trade_status: 'TRADE_SUCCESS', total_amount: '49.00' }
  const about = { ...form, notify_id: 'n-1', out_trade_no: 'pay_1', app_id: ALIPAY_APP, sign_type: 'RSA2' }
  const read = (body: string) => provider?.readNotification(Buffer.from(body), {})
  const signed = (fields: Record<string, string>) => bench.standIn.signed(new URLSearchParams(fields).toString()).body

  test('its SDK leaves the sockets of the process as they are: several may be closed for the same reason', async () => {
    await loadAlipaySdk()
    const reason = new Error('the pool is closed')
    for (const socket of [new Socket(), new Socket()]) {
      socket.on('error', () => undefined)
      expect(() => socket.destroy(reason)).not.toThrow()
    }
  })

  test('F59: what its own SDK has signed with its key is taken; with another key it is not', async () => {
    const AlipaySdk = await loadAlipaySdk()
    const sdkOf = (privateKey: string) =>
      new AlipaySdk({ appId: ALIPAY_APP, privateKey: privateKey.trim(), keyType: 'PKCS8' })
    const told = (privateKey: string) => sdkOf(privateKey).sdkExecute('notify', about)
    expect(read(told(bench.alipayPrivateKey))).toMatchObject({
      ok: true,
      value: { eventId: 'n-1', news: { kind: 'payment', paymentId: 'pay_1', state: 'succeeded', amount: 4900 } },
    })
    expect(read(told(bench.secrets.ALIPAY_PRIVATE_KEY ?? ''))).toEqual({ ok: false, no: 'forged' })
  })

  test('F59: what is signed but of another application or seller, or by a weaker signature, is refused', () => {
    expect(read(signed(about))?.ok).toBe(true)
    expect(read(signed({ ...about, app_id: '2021000000000002' }))).toEqual({ ok: false, no: 'forged' })
    expect(read(signed({ ...about, seller_id: '2088999999999999' }))).toEqual({ ok: false, no: 'forged' })
    expect(read(signed({ ...about, sign_type: 'RSA' }))).toEqual({ ok: false, no: 'forged' })
  })

  test('each state of a trade is read; a trade without an amount says nothing', () => {
    const news = (change: Record<string, string>) => {
      const said = read(signed({ ...about, ...change }))
      return said?.ok ? said.value.news : said?.no
    }
    const states = {
      WAIT_BUYER_PAY: 'created',
      TRADE_SUCCESS: 'succeeded',
      TRADE_FINISHED: 'succeeded',
      TRADE_CLOSED: 'failed',
    }
    for (const [trade_status, state] of Object.entries(states)) expect(news({ trade_status })).toMatchObject({ state })
    for (const change of [
      { total_amount: '' },
      { total_amount: '1e3' },
      { trade_status: 'ELSE' },
      { notify_type: 'x' },
    ]) {
      expect(news(change)).toBeUndefined()
    }
    const refund = { refund_fee: '49.00', gmt_refund: '2026-01-01 00:00:00' }
    for (const trade_status of ['TRADE_SUCCESS', 'TRADE_CLOSED']) {
      expect(news({ ...refund, trade_status, out_biz_no: 'rfd_1' })).toMatchObject({
        kind: 'refund',
        refundId: 'rfd_1',
      })
      // Sent back from its console: nothing of ours.
      expect(news({ ...refund, trade_status })).toBeUndefined()
    }
  })

  test('a permission ends at the amount that was signed', () => {
    expect(provider?.allows?.({ amountMax: AMOUNT }, AMOUNT)).toBe(true)
    expect(provider?.allows?.({ amountMax: AMOUNT }, minor(AMOUNT + 1))).toBe(false)
  })

  test('times are told on the wall of Alipay’s zone, also when the sandbox’s clock was moved', async () => {
    const clock = stoppedClock(instant(Date.now() + 40 * DAY_MS))
    const moved = await openBench(bench, { clock })
    const asked = await moved?.checkout(wishFor(newPayment(), true, clock.now()))
    const { searchParams } = new URL(asked?.action?.redirectUrl ?? '')
    const biz = JSON.parse(searchParams.get('biz_content') ?? '{}')
    const minutesFromNow = (text: string) => (Date.parse(`${text.replace(' ', 'T')}+08:00`) - Date.now()) / MINUTE_MS
    expect(Math.abs(minutesFromNow(searchParams.get('timestamp') ?? ''))).toBeLessThan(2)
    expect(Math.abs(minutesFromNow(biz.time_expire) - 15)).toBeLessThan(2)
    expect(biz.agreement_sign_params.period_rule_params).toMatchObject({ period_type: 'MONTH', single_amount: '49.00' })
  })

  test('money of another currency is not asked for', async () => {
    expect(await provider?.checkout({ ...wishFor(newPayment(), false), currency: 'USD' })).toMatchObject({
      state: 'failed',
    })
  })

  test('the day of debit is never after the 28th, and ours lie in the five days before it', () => {
    const day = (text: string) => executeDay(Date.parse(`${text}T09:00:00+08:00`))
    expect(day('2026-03-02')).toBe('2026-03-05')
    expect(day('2026-02-27')).toBe('2026-02-28')
    expect(day('2026-02-28')).toBe('2026-03-01')
    expect(day('2026-01-31')).toBe('2026-02-01')
    expect(day('2026-12-30')).toBe('2027-01-01')
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2028, 0, 1); at += DAY_MS) {
      const until = Date.parse(executeDay(at))
      expect(new Date(until).getUTCDate()).toBeLessThanOrEqual(28)
      expect(until - at).toBeLessThanOrEqual(5 * DAY_MS)
      expect(until - at).toBeGreaterThanOrEqual(0)
    }
  })

  test('keys are read as operators have them: PEM, one line, either form; what is none turns it off', async () => {
    const pem = bench.secrets.ALIPAY_PRIVATE_KEY ?? ''
    const bare = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')
    for (const text of [pem, bare, pem.trim().replaceAll('\n', '\\n')]) {
      const opened = await openBench(bench, { secrets: { ...bench.secrets, ALIPAY_PRIVATE_KEY: text } })
      expect(await opened?.query({ paymentId: newPayment(), ref: null })).toBeUndefined()
      expect(opened).toBeDefined()
    }
    expect(await openBench(bench, { secrets: { ...bench.secrets, ALIPAY_PRIVATE_KEY: 'none' } })).toBeUndefined()
    expect(await openBench(bench, { secrets: { ...bench.secrets, ALIPAY_PUBLIC_KEY: 'none' } })).toBeUndefined()
  })
})
