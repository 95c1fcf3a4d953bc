import { DAY_MS, HOUR_MS, MINUTE_MS, type MemberId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { checkMoney, insertCoupon } from '../../apps/server/src/billing/index.ts'
import { checkBooks } from '../../apps/server/src/entitlements/index.ts'
import { accountSums, unbalancedPostings } from '../../apps/server/src/ledger/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { ask } from '../house/ask.ts'
import { makeDice, newSeed, type Dice } from '../house/dice.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { CARD, live, shopper } from '../house/shopper.ts'

const LIVES = Number(process.env.SHOP_LIVES ?? 12)
const STEPS = 14
/** A week's prompts, small enough to be used up. */
const WEEK: Readonly<Record<string, number>> = { lite: 3, pro: 6, max: 12 }

const small = (source: string): string =>
  source
    .replace('prompts: 400 }', 'prompts: 3 }')
    .replace('prompts: 2000 }', 'prompts: 6 }')
    .replace('prompts: 8000 }', 'prompts: 12 }')

describe('lives of buyers who try everything', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ catalog: small })
    await insertCoupon(
      house.rooms.db.queries,
      { code: 'TENTH', terms: { percent: 10, plans: [], usesMax: null }, by: 'test' },
      house.clock.now(),
    )
  })
  afterAll(() => house.close())

  let questions = 0
  const use = async ({ key }: Subscriber, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await ask(house.url, key, { text: `question ${++questions}` })
    await house.rooms.entitlements.drain()
  }

  async function step(person: Subscriber, dice: Dice): Promise<void> {
    const { billing } = house.rooms
    // No two purchases begin at the same instant: a window's start tells whose it is.
    house.clock.advance(MINUTE_MS)
    const memberId = person.memberId as MemberId
    const shop = shopper(house, memberId)
    const plan = dice.pick(Object.keys(WEEK))
    const now = house.clock.now()
    const deed = dice.roll(8)
    if (deed === 0) {
      const coupon = dice.chance(0.5) ? 'TENTH' : undefined
      const placed = await billing.buy(
        { memberId, plan, cycle: 'month', coupon, requestKey: `buy-${dice.roll(1e9)}` },
        now,
      )
      if (placed.ok)
        await shop.payWithCard(placed.value.order.id, dice.pick([CARD.pays, CARD.declined, CARD.debitDeclined]))
    } else if (deed <= 2) {
      const made = await billing.orderUpgrade({ memberId, plan, requestKey: `up-${dice.roll(1e9)}` }, now)
      if (made.ok) await shop.payBound(made.value.id)
    } else if (deed === 3) await billing.switchRenewal(memberId, dice.chance(0.5))
    else if (deed === 4) await billing.refund({ memberId }, now)
    else if (deed === 5) await live(house, dice.between(1, 12) * DAY_MS + dice.roll(24) * HOUR_MS)
    else await use(person, dice.between(1, 5))
    await billing.workDue(house.clock.now())
  }

  test(`F65 F55: after ${LIVES} lives no week gave more than the best plan paid for in it, and nobody got money back that was not paid`, async () => {
    const seed = newSeed()
    process.stdout.write(`TEST_SEED=${seed}\n`)
    const people: Subscriber[] = []
    for (let life = 0; life < LIVES; life++) {
      const dice = makeDice(seed + life)
      const person = await house.subscriber()
      people.push(person)
      for (let n = 0; n < STEPS; n++) await step(person, dice)
    }
    const { db } = house.rooms
    // A window is named by its start; subscriptions that have replaced each other share it.
    const { rows } = await sql<{ member_id: string; starts: number; micro: number; plans: string[] }>`
      select e.member_id, (c.value->>'startsAt')::int8 as starts, sum((c.value->>'micro')::int8)::int8 as micro,
        array_agg(distinct v.plan) as plans
      from meter_events e cross join lateral jsonb_array_elements(e.charges) c
      join subscriptions s on s.id = e.subscription_id join plan_versions v on v.id = s.plan_version_id
      where c.value->>'window' = 'week' group by 1, 2`.execute(db.queries)
    for (const { member_id, starts, micro, plans } of rows) {
      const best = Math.max(...plans.map((plan) => WEEK[plan] as number))
      expect([seed, member_id, starts, micro <= best * 1e6, micro, best]).toEqual([
        seed,
        member_id,
        starts,
        true,
        micro,
        best,
      ])
    }
    expect(rows.length).toBeGreaterThan(0)
    expect(await checkMoney(house.rooms)).toEqual([])
    expect(await unbalancedPostings(db.queries)).toEqual([])
    expect(await checkBooks(house.rooms, house.clock.now())).toMatchObject({ faults: [] })
    const cash = (await accountSums(db.queries, 'cash:')).get('cash:sandbox') ?? 0
    const moved = [...house.bank.books.payments.values()].reduce(
      (sum, { state, amount, refunded }) => sum + (state === 'succeeded' ? amount - refunded : 0),
      0,
    )
    expect([seed, -cash]).toEqual([seed, moved * 1e6])
  }, 120_000)

  test('F65: a week used up, an upgrade and a refund at once: what was used stays paid', async () => {
    const person = await house.subscriber()
    const shop = shopper(house, person.memberId as MemberId)
    await shop.buy('lite')
    await use(person, 3)
    await shop.payBound((await shop.upgrade('pro')).id)
    await shop.payBound((await shop.upgrade('max')).id)
    const week = (await shop.standing())?.windows.find(({ rule }) => rule.id === 'week')
    expect(week?.allowance).toBe(9e6)
    const offer = await house.rooms.billing.offerRefund(shop.memberId, house.clock.now())
    // 3 of the 60 prompts that five weeks of Max are.
    expect(offer).toMatchObject({ ok: true, value: { amount: Math.floor((46_900 * 57) / 60) } })
  })
})
