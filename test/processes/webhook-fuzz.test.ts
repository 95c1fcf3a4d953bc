import type { MemberId, OrderId } from '@codeplan/core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { accountSums, balanceAccount, unbalancedPostings } from '../../apps/server/src/ledger/index.ts'
import { makeDice, newSeed, type Dice } from '../house/dice.ts'
import { openHouse, type House } from '../house/house.ts'
import { CARD, chooseCard, deliverOne, shopper, yuan } from '../house/shopper.ts'

const HISTORIES = Number(process.env.FUZZ_HISTORIES ?? 1_000)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const PAYING = [CARD.pays, CARD.confirms, CARD.late, CARD.twice] as const

interface Wish {
  readonly orderId: OrderId
  readonly amount: number
  /** What the card does: it pays, sooner or later, or it does not. */
  readonly pays: boolean
}

/** A person fills a balance and buys a plan, with cards that pay in different ways or not at all. Nothing is delivered yet. */
async function shopping(memberId: MemberId, dice: Dice): Promise<readonly Wish[]> {
  const { billing } = house.rooms
  const shop = shopper(house, memberId)
  const now = house.clock.now()
  const amounts = [10, 25.5, 49].slice(0, dice.between(1, 4))
  const made: { id: OrderId; amount: number }[] = []
  for (const amount of amounts) {
    const top = await billing.orderTopUp({ memberId, amount: amount.toFixed(2), requestKey: `top-${amount}` }, now)
    if (!top.ok) throw new Error(top.no.code)
    made.push({ id: top.value.id, amount: yuan(amount) })
  }
  const plan = await shop.order(dice.pick(['lite', 'pro', 'max'] as const))
  made.push({ id: plan.id, amount: plan.amount })
  const wishes: Wish[] = []
  for (const { id, amount } of made) {
    const wish = {
      memberId,
      orderId: id,
      with: { provider: 'sandbox', keep: dice.chance(0.5) },
      returnPath: '/',
      language: 'en',
    } as const
    const asked = await billing.pay(wish, now)
    if (!asked.ok || asked.value === 'paid') throw new Error(JSON.stringify(asked))
    const pays = dice.chance(0.85)
    await chooseCard(asked.value.action!.redirectUrl, pays ? dice.pick(PAYING) : CARD.declined)
    wishes.push({ orderId: id, amount, pays })
  }
  house.bank.books.settleLate()
  return wishes
}

/** What a bad network and a bad person make of notifications: each genuine one arrives at least once, in any order. */
function mangle(
  bodies: readonly string[],
  dice: Dice,
): readonly { body: string; signature?: string; genuine: boolean }[] {
  const sent = bodies.flatMap((body) => {
    const copies = Array.from({ length: dice.between(1, 4) }, () => ({ body, genuine: true }))
    const bad = []
    if (dice.chance(0.4))
      bad.push({ body: body.slice(0, dice.between(0, body.length)), signature: house.bank.sign(body), genuine: false })
    if (dice.chance(0.4))
      bad.push({
        body: body.replace('"failed"', '"succeeded"').replace(/"ev_\w+"/, '"ev_forged"'),
        signature: 'v1=00',
        genuine: false,
      })
    if (dice.chance(0.4))
      bad.push({
        body: body.replace(/"amount":\d+/, '"amount":1'),
        signature: house.bank.sign(body),
        genuine: body.includes('"amount":1,'),
      })
    return [...copies, ...bad]
  })
  for (let i = sent.length - 1; i > 0; i--) {
    const j = dice.roll(i + 1)
    ;[sent[i], sent[j]] = [sent[j] as never, sent[i] as never]
  }
  return sent
}

test(
  `F56 F57 F58 F59: ${HISTORIES} payment histories, delivered duplicated, reordered, cut and forged, end in the same ledger`,
  { timeout: 600_000 },
  async () => {
    const first = newSeed()
    process.stdout.write(`TEST_SEED=${first}\n`)
    const people: { memberId: MemberId; wishes: readonly Wish[]; seed: number }[] = []
    for (let seed = first; seed < first + HISTORIES; seed++) {
      const dice = makeDice(seed)
      const memberId = (await house.subscriber()).memberId as MemberId
      const before = house.bank.events.length
      const wishes = await shopping(memberId, dice)
      const bodies = house.bank.events.slice(before).map((event) => event.body)
      for (const { body, signature, genuine } of mangle(bodies, dice)) {
        const status = await deliverOne(house, body, signature)
        expect([seed, genuine ? 200 : 401, body]).toEqual([seed, status, body])
      }
      people.push({ memberId, wishes, seed })
    }
    const sums = await accountSums(house.rooms.db.queries, '')
    let plans = 0
    for (const { memberId, wishes, seed } of people) {
      const states = await Promise.all(
        wishes.map(async ({ orderId }) => (await house.rooms.billing.order(orderId))?.state),
      )
      expect([seed, ...states]).toEqual([seed, ...wishes.map(({ pays }) => (pays ? 'paid' : 'open'))])
      const balance = wishes.slice(0, -1).reduce((sum, { pays, amount }) => sum + (pays ? amount : 0), 0)
      expect([seed, sums.get(balanceAccount(memberId)) ?? 0]).toEqual([seed, balance * 1e6])
      const bought = wishes.at(-1)
      if (bought?.pays) plans += bought.amount
      expect([seed, (await house.rooms.billing.contracts(memberId)).length]).toEqual([seed, bought?.pays ? 1 : 0])
    }
    expect(sums.get('revenue:plans') ?? 0).toBe(plans * 1e6)
    expect(sums.get('payments:received') ?? 0).toBe(0)
    expect(await unbalancedPostings(house.rooms.db.queries)).toEqual([])
  },
)
