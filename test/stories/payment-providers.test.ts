import { randomBytes } from 'node:crypto'

import { makeId, minor, type MethodId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  ProviderAway,
  type BoundMethod,
  type Notification,
  type PaymentNews,
  type PaymentProvider,
} from '../../apps/server/src/billing/providers/port.ts'
import {
  alipayBench,
  AMOUNT,
  bankBench,
  newPayment,
  newSetup,
  openBench,
  setupFor,
  stripeBench,
  wishFor,
  type ProviderBench,
} from '../house/provider-benches.ts'
import { CARD } from '../house/shopper.ts'

describe.each([
  { name: 'sandbox', begin: bankBench, debitThatNeedsCustomer: 'action_required' },
  { name: 'stripe', begin: stripeBench, debitThatNeedsCustomer: 'action_required' },
  // Alipay calls nobody back: the customer pays on a page.
  { name: 'alipay', begin: alipayBench, debitThatNeedsCustomer: 'failed' },
])('the port of payments, $name', ({ begin, debitThatNeedsCustomer }) => {
  let bench: ProviderBench
  let provider: PaymentProvider
  beforeAll(async () => {
    bench = await begin()
    const opened = await openBench(bench)
    if (!opened) throw new Error('the provider is off')
    provider = opened
  })
  afterAll(() => bench.standIn.close())

  const checkout = async (keep = false) => {
    const paymentId = newPayment()
    const wish = wishFor(paymentId, keep)
    const asked = await provider.checkout(wish)
    return { paymentId, wish, asked, url: asked.action?.redirectUrl ?? '' }
  }
  /** All that the provider has told since, as it is understood. */
  const listen = () => {
    const from = bench.standIn.events.length
    return (): readonly Notification[] =>
      bench.standIn.events.slice(from).map(({ body, headers }) => {
        const read = provider.readNotification(Buffer.from(body), headers)
        if (!read.ok) throw new Error(read.no)
        return read.value
      })
  }
  const payments = (told: readonly Notification[]): readonly PaymentNews[] =>
    told.flatMap(({ news }) => (news?.kind === 'payment' ? [news] : []))
  /** Pays with a card that may be debited later; how the permission arrives is the provider's affair. */
  const bind = async (card: string): Promise<BoundMethod> => {
    const told = listen()
    const { paymentId, url } = await checkout(true)
    bench.standIn.choose(url, card)
    bench.standIn.confirm(paymentId)
    for (const { news } of told()) {
      if (news?.kind === 'payment' && news.state === 'succeeded' && news.method) return news.method
      if (news?.kind === 'mandate' && news.state === 'granted') return { ...news, amountMax: AMOUNT }
    }
    throw new Error('no permission was told')
  }
  const debit = (mandate: string, paymentId = newPayment(), amount = AMOUNT) => ({
    paymentId,
    orderId: `ord_${paymentId.slice(4)}` as const,
    methodId: `pmt_${paymentId.slice(4)}` as MethodId,
    mandate,
    amount,
    currency: 'CNY',
    title: 'GLM Coding Lite',
    notifyUrl: 'http://127.0.0.1:1/told',
    returnUrl: 'http://127.0.0.1:1/back',
  })

  test('a customer pays on the page: told and asked, it is the payment that was wished for', async () => {
    const told = listen()
    const { paymentId, asked, url } = await checkout()
    expect(asked.state).toBe('action_required')
    bench.standIn.choose(url, CARD.pays)
    const paid = { paymentId, state: 'succeeded', amount: AMOUNT, currency: 'CNY' }
    expect(payments(told())).toContainEqual(expect.objectContaining(paid))
    expect(await provider.query({ paymentId, ref: asked.ref })).toMatchObject(paid)
    expect(bench.standIn.moved(paymentId)).toBe(AMOUNT)
    for (const { ref } of payments(told())) expect(ref ?? asked.ref).toBe(asked.ref)
  })

  test('a card that is declined on the page moves nothing, and nobody says that it did', async () => {
    const told = listen()
    const { paymentId, asked, url } = await checkout()
    bench.standIn.choose(url, CARD.declined)
    expect(payments(told()).filter(({ state }) => state === 'succeeded' || state === 'pending')).toEqual([])
    expect((await provider.query({ paymentId, ref: asked.ref }))?.state).not.toBe('succeeded')
    expect(bench.standIn.moved(paymentId)).toBe(0)
  })

  test('a page that is left moves nothing, and is never taken for paid when its time is over', async () => {
    const told = listen()
    const { paymentId, asked, url } = await checkout()
    const state = async () => (await provider.query({ paymentId, ref: asked.ref }))?.state ?? 'unheard of'
    expect(['unheard of', 'action_required']).toContain(await state())
    bench.standIn.expire(url)
    expect(['failed', 'action_required']).toContain(await state())
    expect(payments(told()).map(({ state }) => state)).not.toContain('succeeded')
    expect(bench.standIn.moved(paymentId)).toBe(0)
  })

  test('F68: the same checkout, asked for twice and paid on both pages, takes the money once', async () => {
    const { paymentId, wish, asked, url } = await checkout()
    const again = await provider.checkout(wish)
    expect(again.ref).toBe(asked.ref)
    for (const page of [url, again.action?.redirectUrl ?? '']) bench.standIn.choose(page, CARD.pays)
    expect(bench.standIn.moved(paymentId)).toBe(AMOUNT)
  })

  test('money that is on its way is pending, and comes', async () => {
    const told = listen()
    const { paymentId, asked, url } = await checkout()
    bench.standIn.choose(url, CARD.late)
    expect(payments(told()).map(({ state }) => state)).not.toContain('succeeded')
    expect((await provider.query({ paymentId, ref: asked.ref }))?.state).not.toBe('succeeded')
    bench.standIn.settleLate()
    expect(payments(told()).at(-1)).toMatchObject({ paymentId, state: 'succeeded', amount: AMOUNT })
    expect(await provider.query({ paymentId, ref: asked.ref })).toMatchObject({ state: 'succeeded' })
  })

  test('S13: a method that was kept is debited later; the same debit asked for again moves money once', async () => {
    const { mandate, label, fingerprint } = await bind(CARD.pays)
    expect([label !== '', fingerprint !== '']).toEqual([true, true])
    const wish = debit(mandate)
    const told = listen()
    const first = await provider.charge(wish)
    const second = await provider.charge(wish)
    expect([first.state, second.state]).toEqual(['succeeded', 'succeeded'])
    expect(second.ref).toBe(first.ref)
    expect(bench.standIn.moved(wish.paymentId)).toBe(AMOUNT)
    const paid = { paymentId: wish.paymentId, state: 'succeeded', amount: AMOUNT, ref: first.ref }
    expect(payments(told())).toContainEqual(expect.objectContaining(paid))
    // Whether the answer arrived or not.
    for (const ref of [first.ref, null]) {
      expect(await provider.query({ paymentId: wish.paymentId, ref })).toMatchObject(paid)
    }
  })

  test('the same card has the same fingerprint, whoever binds it', async () => {
    expect((await bind(CARD.pays)).fingerprint).toBe((await bind(CARD.pays)).fingerprint)
  })

  test('a debit that is declined fails with its reason, every time it is asked for', async () => {
    const wish = debit((await bind(CARD.debitDeclined)).mandate)
    const told = listen()
    for (const asked of [await provider.charge(wish), await provider.charge(wish)]) {
      expect(asked).toMatchObject({ state: 'failed', failure: expect.stringMatching(/\w/) })
    }
    expect(payments(told()).map(({ state }) => state)).not.toContain('succeeded')
    expect(bench.standIn.moved(wish.paymentId)).toBe(0)
  })

  test('a debit that needs its customer says where he goes on, or fails', async () => {
    const wish = debit((await bind(CARD.confirms)).mandate)
    const told = listen()
    const asked = await provider.charge(wish)
    expect(asked.state).toBe(debitThatNeedsCustomer)
    if (asked.state !== 'action_required') return
    expect(asked.action?.redirectUrl).toMatch(/^http/)
    expect(payments(told()).map(({ state }) => state)).not.toContain('failed')
    // Whoever asked has died before he heard: the same again.
    expect(await provider.charge(wish)).toMatchObject({ ref: asked.ref, state: 'action_required' })
    bench.standIn.confirm(wish.paymentId)
    expect(payments(told()).at(-1)).toMatchObject({ paymentId: wish.paymentId, state: 'succeeded', ref: asked.ref })
    expect(bench.standIn.moved(wish.paymentId)).toBe(AMOUNT)
  })

  test('a permission that was given back is not used', async () => {
    const { mandate } = await bind(CARD.pays)
    await provider.unbind(mandate)
    const wish = debit(mandate)
    expect(await provider.charge(wish)).toMatchObject({ state: 'failed' })
    expect(bench.standIn.moved(wish.paymentId)).toBe(0)
  })

  const beginSetup = async () => {
    const wish = setupFor(newSetup())
    const asked = await provider.setups?.begin(wish)
    if (!asked) throw new Error('it binds nothing without a payment')
    return { wish, asked, url: asked.action?.redirectUrl ?? '', known: { setupId: wish.setupId, ref: asked.ref } }
  }

  test.each([CARD.pays, CARD.confirms, CARD.debitDeclined, CARD.twice])(
    'a method is bound without a payment, and told or asked it is the one that was wished for (%s)',
    async (card) => {
      const told = listen()
      const { asked, url, known } = await beginSetup()
      expect(asked.state).toBe('action_required')
      expect((await provider.setups?.query(known))?.state).not.toBe('succeeded')
      bench.standIn.choose(url, card)
      bench.standIn.confirm(known.setupId)
      const bound = await provider.setups?.query(known)
      expect(bound).toMatchObject({
        setupId: known.setupId,
        state: 'succeeded',
        method: { label: expect.stringMatching(/\w/) },
      })
      // Told at least that it is done, and never as money.
      const news = told().flatMap(({ news: one }) => (one ? [one] : []))
      expect(new Set(news.map(({ kind }) => kind))).toEqual(new Set(['setup']))
      expect(news).toContainEqual(
        expect.objectContaining({ setupId: known.setupId, state: expect.stringMatching(/succeeded|pending/) }),
      )
      const wish = debit(bound?.method?.mandate ?? '')
      const paid = await provider.charge(wish)
      expect(bench.standIn.moved(wish.paymentId)).toBe(paid.state === 'succeeded' ? AMOUNT : 0)
      if (card === CARD.pays) expect(paid.state).toBe('succeeded')
      if (card === CARD.debitDeclined) expect(paid.state).toBe('failed')
    },
  )

  test('a page that binds, left or with a card that is declined, binds nothing', async () => {
    const told = listen()
    const [left, declined] = [await beginSetup(), await beginSetup()]
    bench.standIn.expire(left.url)
    bench.standIn.choose(declined.url, CARD.declined)
    for (const { known } of [left, declined]) {
      const said = await provider.setups?.query(known)
      expect([said?.state === 'succeeded', said?.method]).toEqual([false, undefined])
    }
    expect(told().filter(({ news }) => news?.kind === 'setup' && news.state === 'succeeded')).toEqual([])
    expect(await provider.setups?.query({ setupId: newSetup(), ref: null })).toBeUndefined()
  })

  test('F68: the same setup asked for twice is one permission, with the fingerprint that a payment gives it', async () => {
    const { wish, asked, known, url } = await beginSetup()
    const again = await provider.setups?.begin(wish)
    expect(again?.ref).toBe(asked.ref)
    for (const page of [url, again?.action?.redirectUrl ?? '']) bench.standIn.choose(page, CARD.pays)
    const bound = await provider.setups?.query(known)
    expect((await provider.setups?.query(known))?.method?.mandate).toBe(bound?.method?.mandate)
    expect(bound?.method?.fingerprint).toBe((await bind(CARD.pays)).fingerprint)
  })

  test('what was never asked for is unknown, a payment and a refund', async () => {
    const paymentId = newPayment()
    expect(await provider.query({ paymentId, ref: null })).toBeUndefined()
    const { paymentId: paid, asked, url } = await checkout()
    bench.standIn.choose(url, CARD.pays)
    const refundId = makeId('rfd', Date.now(), randomBytes(16))
    const known = { refundId, paymentId: paid, paymentRef: asked.ref ?? '', ref: null }
    expect(await provider.queryRefund(known)).toBeUndefined()
  })

  test('F66: money goes back in parts, each part once, and never more than came', async () => {
    const told = listen()
    const { paymentId, asked, url } = await checkout()
    bench.standIn.choose(url, CARD.pays)
    const back = (amount: number) => ({
      refundId: makeId('rfd', Date.now(), randomBytes(16)),
      paymentId,
      paymentRef: asked.ref ?? '',
      amount: minor(amount),
      currency: 'CNY',
      reason: 'test',
    })
    const part = back(1000)
    for (const said of [await provider.refund(part), await provider.refund(part)]) {
      expect(said).toMatchObject({ refundId: part.refundId, state: 'succeeded' })
    }
    expect(bench.standIn.moved(paymentId)).toBe(3900)
    expect(await provider.refund(back(4000))).toMatchObject({ state: 'failed' })
    const rest = back(3900)
    expect(await provider.refund(rest)).toMatchObject({ state: 'succeeded' })
    expect(bench.standIn.moved(paymentId)).toBe(0)
    expect(await provider.queryRefund({ ...rest, ref: null })).toMatchObject({ state: 'succeeded' })
    // A refund is told in the shape of its payment by some; it is never taken for one.
    const news = told().flatMap(({ news }) => (news ? [news] : []))
    const paidNews = news.filter(({ kind }) => kind === 'payment').length
    const refunds = news.flatMap((n) => (n.kind === 'refund' && n.state === 'succeeded' ? [n.refundId] : []))
    expect(refunds).toEqual(expect.arrayContaining([part.refundId, rest.refundId]))
    const lastPaid = news.findLastIndex((n) => n.kind === 'payment')
    expect(lastPaid).toBe(paidNews - 1)
  })

  test('F59: a notification that was changed, or that another has signed, is refused', async () => {
    const { url } = await checkout()
    bench.standIn.choose(url, CARD.pays)
    const { body, headers } = bench.standIn.events.at(-1)!
    const read = (text: string, given: Record<string, string> = headers) =>
      provider.readNotification(Buffer.from(text), given)
    expect(read(body).ok).toBe(true)
    expect(read(body.replaceAll('49', '50'))).toEqual({ ok: false, no: 'forged' })
    expect(read(`x${body}`)).toEqual({ ok: false, no: 'forged' })
    const other = await begin()
    // Keys of the one do not open the other; the bank of every house of tests has one secret.
    if (bench.document.kind === 'alipay')
      expect(read(other.standIn.signed(body).body)).toEqual({ ok: false, no: 'forged' })
    else expect(read(body, {})).toEqual({ ok: false, no: 'forged' })
    await other.standIn.close()
    expect(read('', {}).ok).toBe(false)
  })

  test('each notification has a name of its own, and keeps it', async () => {
    const told = listen()
    const { url } = await checkout()
    bench.standIn.choose(url, CARD.twice)
    const ids = told().map(({ eventId }) => eventId)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(told().map(({ eventId }) => eventId)).toEqual(ids)
  })

  test('F59: without any one of its secrets it is off', async () => {
    const names = Object.keys(bench.secrets).filter((name) => name !== 'CODEPLAN_BANK_URL')
    for (const name of names) {
      for (const value of ['', '  ']) {
        // The bank's secret is made by the server itself.
        if (value !== '' && bench.document.kind === 'sandbox') continue
        expect([name, await openBench(bench, { secrets: { ...bench.secrets, [name]: value } })]).toEqual([
          name,
          undefined,
        ])
      }
    }
  })

  test('F60: while it cannot be reached nobody knows; afterwards the same question has its answer', async () => {
    const { mandate } = await bind(CARD.pays)
    const { paymentId, asked, url } = await checkout()
    bench.standIn.choose(url, CARD.pays)
    const wish = debit(mandate)
    const refundId = makeId('rfd', Date.now(), randomBytes(16))
    const back = { refundId, paymentId, paymentRef: asked.ref ?? '', amount: AMOUNT, currency: 'CNY', reason: 'test' }
    bench.standIn.setAway(true)
    await expect(provider.charge(wish)).rejects.toThrow(ProviderAway)
    await expect(provider.query({ paymentId, ref: asked.ref })).rejects.toThrow(ProviderAway)
    await expect(provider.setups?.query({ setupId: newSetup(), ref: 'cs_1' })).rejects.toThrow(ProviderAway)
    await expect(provider.refund(back)).rejects.toThrow(ProviderAway)
    await expect(provider.queryRefund({ ...back, ref: null })).rejects.toThrow(ProviderAway)
    bench.standIn.setAway(false)
    expect(await provider.charge(wish)).toMatchObject({ state: 'succeeded' })
    expect(await provider.refund(back)).toMatchObject({ state: 'succeeded' })
    expect([bench.standIn.moved(wish.paymentId), bench.standIn.moved(paymentId)]).toEqual([AMOUNT, 0])
  })
})
