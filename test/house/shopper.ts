import { minor, type Cycle, type MemberId, type OrderId } from '@codeplan/core'
import { CARDS } from '@codeplan/sandbox'

import type { OrderRow } from '../../apps/server/src/billing/index.ts'
import { send } from './ask.ts'
import type { House } from './house.ts'

/** Cards of the test bank by what they do. */
export const CARD = {
  pays: '4242424242424242',
  declined: '4000000000000002',
  confirms: '4000000000003155',
  late: '4000000000000077',
  debitDeclined: '4000000000000341',
  twice: '4000000000000259',
} as const

let wishes = 0
const key = (): string => `wish-${++wishes}`

/** What a person does in the shop, and what the bank does then. */
export function shopper(house: House, memberId: MemberId) {
  const { billing } = house.rooms
  const now = () => house.clock.now()
  const order = async (plan: string, cycle: Cycle = 'month', coupon?: string): Promise<OrderRow> => {
    const placed = await billing.buy({ memberId, plan, cycle, coupon, requestKey: key() }, now())
    if (!placed.ok) throw new Error(JSON.stringify(placed.no))
    return placed.value.order
  }
  /** Goes to the bank's page and takes a card there. */
  const payWithCard = async (orderId: OrderId, number: string, keep = true) => {
    const wish = { memberId, orderId, with: { provider: 'sandbox', keep }, returnPath: '/', language: 'en' } as const
    const paid = await billing.pay(wish, now())
    if (!paid.ok || paid.value === 'paid') throw new Error(JSON.stringify(paid))
    const url = paid.value.action?.redirectUrl
    if (!url) throw new Error('the bank has no page')
    await chooseCard(url, number)
    await deliver(house)
    return paid.value
  }
  return {
    memberId,
    order,
    payWithCard,
    buy: async (plan: string, cycle: Cycle = 'month', card: string = CARD.pays) => {
      const made = await order(plan, cycle)
      await payWithCard(made.id, card)
      return made
    },
    payBound: async (orderId: OrderId) => {
      const [method] = (await billing.methods(memberId)).toReversed()
      const wish = { memberId, orderId, with: { methodId: method?.id ?? '' }, returnPath: '/', language: 'en' } as const
      const paid = await billing.pay(wish, now())
      await deliver(house)
      return paid
    },
    upgrade: async (plan: string, cycle?: Cycle) => {
      const made = await billing.orderUpgrade({ memberId, plan, cycle, requestKey: key() }, now())
      if (!made.ok) throw new Error(JSON.stringify(made.no))
      return made.value
    },
    standing: () => house.rooms.entitlements.standing(memberId, now()),
    contract: () => billing.contract(memberId),
    state: async (id: string) => (await billing.order(id))?.state,
  }
}

export async function chooseCard(url: string, number: string): Promise<void> {
  await form(url, `card=${number}`)
  if (CARDS.some((card) => card.number === number && card.page === 'confirms')) await form(url, 'confirm=yes')
}

const form = (url: string, body: string) =>
  send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body),
  })

const delivered = new WeakMap<House, number>()

/** The bank's notifications that have not been delivered arrive, in their order. */
export async function deliver(house: House): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let i = delivered.get(house) ?? 0; i < house.bank.events.length; i++) {
    const event = house.bank.events[i] as (typeof house.bank.events)[number]
    statuses.push(await deliverOne(house, event.body))
    delivered.set(house, i + 1)
  }
  return statuses
}

export async function deliverOne(house: House, body: string, signature = house.bank.sign(body)): Promise<number> {
  const headers = { 'content-type': 'application/json', 'bank-signature': signature }
  const { status } = await send(`${house.url}/api/webhooks/sandbox`, {
    method: 'POST',
    headers,
    body: Buffer.from(body),
  })
  return status
}

/** Time passes step by step: each thing that is due is done at its instant. */
export async function live(house: House, ms: number): Promise<void> {
  const until = house.clock.now() + ms
  for (;;) {
    const due = await house.rooms.billing.nextDueAt()
    if (due === undefined || due > until) break
    if (due > house.clock.now()) house.clock.advance(due - house.clock.now())
    await house.rooms.billing.workDue(house.clock.now())
    await deliver(house)
  }
  house.clock.advance(until - house.clock.now())
}

export const yuan = (amount: number) => minor(Math.round(amount * 100))
