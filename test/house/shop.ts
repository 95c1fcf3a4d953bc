import type { LotAnswer, StockAnswer, TicketAnswer } from '@codeplan/contract'
import {
  atWallClock,
  DAY_MS,
  HOUR_MS,
  instant,
  MINUTE_MS,
  wallClock,
  wallText,
  type MemberId,
  type OrderId,
} from '@codeplan/core'

import { openSession, SESSION_COOKIE } from '../../apps/server/src/identity/index.ts'
import { notify } from '../../apps/server/src/platform/index.ts'
import { send, type Heard } from './ask.ts'
import { runCommandIn } from './command.ts'
import type { House } from './house.ts'
import { CARD, chooseCard, deliver } from './shopper.ts'

const SALE = '/api/console/v1/sale'

export interface Order {
  readonly id: OrderId
  readonly plan: string
  readonly state: string
  readonly expires_at: string
}

/** A customer in front of the shop: everything over HTTP. */
export interface Customer {
  readonly memberId: MemberId
  join(plan?: string): Promise<TicketAnswer>
  keepPlace(plan?: string): Promise<TicketAnswer>
  ticket(): Promise<TicketAnswer | null>
  leave(): Promise<Heard>
  /** The order, or the code of the refusal. */
  buy(plan?: string, wish?: { readonly key?: string; readonly coupon?: string }): Promise<Order | string>
  /** Pays an order with a card; false when the money goes back. */
  pay(order: Order | string, card?: string): Promise<boolean>
  /** Goes to the bank's page for an order, to take a card there later. */
  goToBank(order: Order | string): Promise<(card?: string) => Promise<boolean>>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Heard>
}

type Change = readonly [from: string, to: string]

/** The default catalog with a limited sale of so many pieces a day. */
export const limitedSale =
  (pieces: number, ...changes: readonly Change[]) =>
  (source: string): string =>
    [['limited: false', 'limited: true'] as const, ['pieces: 200', `pieces: ${pieces}`] as const, ...changes].reduce(
      (text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`the default catalog does not say ${from}`)
        return text.replace(from, to)
      },
      source,
    )

/** Nobody waits before a release: the first to order gets it. */
export const NO_ROOM: Change = ['waiting_room_minutes: 5', 'waiting_room_minutes: 0']

const NINE_MS = 9 * HOUR_MS

/** Nine in the morning of the next day in Shanghai, with this catalog: what was left of the day before is dropped at ten. */
export async function nextMorning(house: House, catalog: (source: string) => string): Promise<string> {
  const zone = 'Asia/Shanghai'
  const { year, month, day } = wallClock(zone, house.clock.now())
  const nine = atWallClock(zone, { year, month, day: day + 1, minuteOfDay: NINE_MS / MINUTE_MS })
  house.clock.advance(nine - house.clock.now())
  await house.applyCatalog(catalog)
  // The clock of a house does not run, so its job does not either.
  await house.app.sale.tick()
  return wallText(zone, nine).slice(0, 10)
}

export async function stockOf(url: string, plan = 'pro') {
  const stock = JSON.parse((await send(`${url}${SALE}`, {})).text) as StockAnswer
  const found = stock.plans.find((one) => one.plan === plan)
  if (!found) throw new Error(`no plan ${plan} on sale`)
  return { ...found, limited: stock.limited }
}

export const lotOf = async (url: string, release: string): Promise<LotAnswer> =>
  JSON.parse((await send(`${url}${SALE}/releases/${encodeURIComponent(release)}/lot`, {})).text) as LotAnswer

export async function customer(house: House): Promise<Customer> {
  const { memberId } = await house.subscriber()
  const { db, clock, billing } = house.rooms
  const cookie = `${SESSION_COOKIE}=${await openSession(db, memberId, clock.now())}`
  const ask = (method: string, path: string, body?: unknown, more?: Readonly<Record<string, string>>) => {
    const said = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    return send(`${house.url}${SALE}${path}`, {
      method,
      headers: { cookie, 'x-codeplan-csrf': '1', ...type, ...more },
      ...said,
    })
  }
  const line = async (path: string, plan: string): Promise<TicketAnswer> => {
    const heard = await ask('POST', path, { plan })
    if (heard.status !== 200) throw new Error(codeOf(heard))
    return (JSON.parse(heard.text) as { ticket: TicketAnswer }).ticket
  }
  let wishes = 0
  const goToBank: Customer['goToBank'] = async (order) => {
    if (!isOrder(order)) throw new Error(`no order: ${order}`)
    const wish = { memberId, orderId: order.id, with: { provider: 'sandbox', keep: true } } as const
    const begun = await billing.pay({ ...wish, returnPath: '/', language: 'en' }, clock.now())
    const url = begun.ok && begun.value !== 'paid' ? begun.value.action?.redirectUrl : undefined
    if (!url) throw new Error(`the bank has no page: ${JSON.stringify(begun)}`)
    return async (card = CARD.pays) => {
      await chooseCard(url, card)
      await deliver(house)
      await heardAll(house)
      return (await billing.order(order.id))?.state === 'paid'
    }
  }
  return {
    memberId,
    post: (path, body, more) => ask('POST', path, body, more),
    join: (plan = 'pro') => line('/ticket', plan),
    keepPlace: (plan = 'pro') => line('/waitlist', plan),
    ticket: async () => {
      const heard = await send(`${house.url}${SALE}/ticket`, { headers: { cookie } })
      return (JSON.parse(heard.text) as { ticket: TicketAnswer | null }).ticket
    },
    leave: () => ask('DELETE', '/ticket'),
    buy: async (plan = 'pro', { key = `wish-${++wishes}-of-${memberId}`, coupon } = {}) => {
      const heard = await ask('POST', '/orders', { plan, cycle: 'month', coupon }, { 'idempotency-key': key })
      return heard.status < 300 ? (JSON.parse(heard.text) as { order: Order }).order : codeOf(heard)
    },
    goToBank,
    pay: async (order, card) => (await goToBank(order))(card),
  }
}

export const customers = (house: House, count: number): Promise<Customer[]> =>
  Promise.all(Array.from({ length: count }, () => customer(house)))

export const codeOf = (heard: Heard): string => (JSON.parse(heard.text) as { error: { code: string } }).error.code

export const isOrder = (answer: Order | string): answer is Order => typeof answer !== 'string'

let channels = 0

/** Whatever was told on a channel before has been heard: a database server tells it a moment after the commit. */
export async function heardAll({ rooms: { db } }: House): Promise<void> {
  const channel = `heard_${++channels}`
  const heard = Promise.withResolvers<void>()
  await db.listen(channel, () => heard.resolve(), heard.resolve)
  await notify(db.queries, channel)
  await heard.promise
}

/** A command of the operator, and everybody has heard of it. */
export async function operate(house: House, ...line: string[]): ReturnType<typeof runCommandIn> {
  const answer = await runCommandIn(house, ...line)
  await heardAll(house)
  return answer
}

/** The clock goes on to this time of its day, or of the next one when it is over. */
export function until(house: House, time: string): void {
  const day = wallText('Asia/Shanghai', house.clock.now()).slice(0, 10)
  const ms = Date.parse(`${day}T${time}+08:00`) - house.clock.now()
  house.clock.advance(instant(ms > 0 ? ms : ms + DAY_MS))
}
