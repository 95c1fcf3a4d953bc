import { createHash } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openHouse, type House } from '../house/house.ts'
import {
  customer,
  customers,
  isOrder,
  limitedSale,
  lotOf,
  nextMorning,
  operate,
  stockOf,
  until,
  type Customer,
} from '../house/shop.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ at: '2026-02-20T12:00:00+08:00' })
})
afterAll(() => house.close())
const open = (...sale: Parameters<typeof limitedSale>) => nextMorning(house, limitedSale(...sale))
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Those who wait, the next one first. */
async function inOrder(people: readonly Customer[]) {
  const rows = await Promise.all(people.map(async (one) => ({ one, ticket: await one.ticket() })))
  const waiting = rows.filter(({ ticket }) => ticket?.state === 'waiting')
  return waiting.toSorted((a, b) => (a.ticket?.ahead ?? 0) - (b.ticket?.ahead ?? 0)).map(({ one }) => one)
}
async function called(people: readonly Customer[]): Promise<Customer[]> {
  const rows = await Promise.all(people.map(async (one) => ({ one, ticket: await one.ticket() })))
  return rows.filter(({ ticket }) => ticket?.state === 'called').map(({ one }) => one)
}
const sellTo = async (one: Customer | undefined) => expect(await one?.pay(await one.buy())).toBe(true)
const joinAll = (people: readonly Customer[]) => Promise.all(people.map((one) => one.join()))

describe('the waiting room', () => {
  test('opens five minutes before ten; before the draw nobody has a place, and nobody can buy', async () => {
    const day = await open(2)
    const one = await customer(house)
    // What is left of the day before is for whoever comes.
    expect(await stockOf(house.url)).toMatchObject({ room_open: false })
    until(house, '09:54:59.999')
    await expect(one.join()).rejects.toThrow(/no_need_to_wait|room_not_open/)
    until(house, '09:55:00')
    expect(await stockOf(house.url)).toMatchObject({ room_open: true, next_release: { pieces: 2, joined: 0 } })
    expect(await one.join()).toMatchObject({ plan: 'pro', release: `pro:${day}`, state: 'waiting', ahead: null })
    until(house, '09:55:02')
    expect(await stockOf(house.url)).toMatchObject({ next_release: { joined: 1 } })
  })

  test('at ten the order is drawn by lot from a seed whose digest was public before: anybody can recompute it', async () => {
    await open(3)
    until(house, '09:57:00')
    const people = await customers(house, 20)
    const tickets = await joinAll(people)
    const release = tickets[0]?.release ?? ''
    const before = await lotOf(house.url, release)
    expect([before.seed, before.tickets]).toEqual([null, []])
    expect((await stockOf(house.url)).next_release?.commitment).toBe(before.commitment)
    until(house, '10:00:00')
    const first = await called(people)
    expect(first).toHaveLength(3)
    const lot = await lotOf(house.url, release)
    expect(sha256(lot.seed ?? '')).toBe(before.commitment)
    const byHand = people
      .map((one) => ({ one, ticket: sha256(`${release}:${one.memberId}`).slice(0, 32) }))
      .toSorted((a, b) => (sha256(`${lot.seed}:${a.ticket}`) < sha256(`${lot.seed}:${b.ticket}`) ? -1 : 1))
    expect(lot.tickets).toEqual(byHand.map(({ ticket }) => ticket))
    expect(new Set(first)).toEqual(new Set(byHand.slice(0, 3).map(({ one }) => one)))
    expect(await inOrder(people)).toEqual(byHand.slice(3).map(({ one }) => one))
  })

  test('whoever is called buys; the others, and those who come without a ticket, cannot', async () => {
    await open(2)
    until(house, '09:57:00')
    const people = await customers(house, 6)
    await joinAll(people)
    until(house, '10:00:00')
    const stranger = await customer(house)
    expect(await stranger.buy()).toBe('not_your_turn')
    const first = await called(people)
    const rest = await inOrder(people)
    expect(new Set(await Promise.all(rest.map((one) => one.buy())))).toEqual(new Set(['not_your_turn']))
    expect((await Promise.all(first.map((one) => one.buy()))).filter(isOrder)).toHaveLength(2)
    expect(await first[0]?.ticket()).toMatchObject({ state: 'served' })
    expect(await stockOf(house.url)).toMatchObject({ left: 0, waiting: 4 })
  })

  test('a turn that is not used goes to the next, one after the other, and is lost', async () => {
    await open(1)
    until(house, '09:57:00')
    const people = await customers(house, 4)
    await joinAll(people)
    until(house, '10:00:00')
    const [silent] = await called(people)
    const [next, after] = await inOrder(people)
    expect(await silent?.ticket()).toMatchObject({ state: 'called', ahead: null })
    until(house, '10:01:59.999')
    expect(await called(people)).toEqual([silent])
    until(house, '10:02:00')
    expect(await called(people)).toEqual([next])
    expect(await silent?.ticket()).toMatchObject({ state: 'lost' })
    expect(await silent?.buy()).toBe('not_your_turn')
    expect(await next?.buy()).toMatchObject({ plan: 'pro' })
    // An order that is not paid goes on to the next as well.
    until(house, '10:17:00')
    expect(await called(people)).toEqual([after])
  })

  test('who leaves makes room at once; who comes after the draw stands at the end', async () => {
    await open(1)
    until(house, '09:57:00')
    const people = await customers(house, 3)
    await joinAll(people)
    until(house, '10:00:00')
    const [first] = await called(people)
    const [second, third] = await inOrder(people)
    const late = await customer(house)
    expect(await late.join()).toMatchObject({ state: 'waiting', ahead: 2 })
    expect((await first?.leave())?.status).toBe(200)
    expect(await called(people)).toEqual([second])
    expect(await inOrder([...people, late])).toEqual([third, late])
    expect((await first?.leave())?.status).toBe(404)
  })

  test('one ticket a person, whatever the plan', async () => {
    await open(1)
    until(house, '09:57:00')
    const one = await customer(house)
    const ticket = await one.join('pro')
    expect(await one.join('pro')).toEqual(ticket)
    await expect(one.join('lite')).rejects.toThrow('already_waiting')
    await one.leave()
    expect(await one.join('lite')).toMatchObject({ plan: 'lite', state: 'waiting' })
  })

  test('first come, first served, where the operator says so', async () => {
    await open(2, ['order: lot ', 'order: first_come '])
    until(house, '09:57:00')
    const people = await customers(house, 5)
    for (const one of people) await one.join()
    until(house, '10:00:00')
    expect(await called(people)).toEqual(people.slice(0, 2))
    expect(await inOrder(people)).toEqual(people.slice(2))
    const release = (await people[0]?.ticket())?.release ?? ''
    expect(await lotOf(house.url, release)).toMatchObject({ drawn_by: 'first_come' })
  })

  test('a plan that is paused calls nobody; resumed, it goes on in the same order', async () => {
    await open(1)
    until(house, '09:57:00')
    const people = await customers(house, 3)
    await joinAll(people)
    await operate(house, 'sale', 'pause', 'pro')
    until(house, '10:00:00')
    expect(await called(people)).toEqual([])
    const order = await inOrder(people)
    expect(order).toHaveLength(3)
    await operate(house, 'sale', 'resume', 'pro')
    expect(await called(people)).toEqual(order.slice(0, 1))
  })

  test('a special release serves those who still wait', async () => {
    await open(1)
    until(house, '09:57:00')
    const people = await customers(house, 4)
    await joinAll(people)
    until(house, '10:00:00')
    await sellTo((await called(people))[0])
    const order = await inOrder(people)
    expect(await operate(house, 'sale', 'release', 'pro', '2')).toMatchObject({ ok: true })
    expect(new Set(await called(people))).toEqual(new Set(order.slice(0, 2)))
  })
})

describe('the waitlist', () => {
  test('keeps its order for tomorrow, before those who come then; who does not ask for it goes home', async () => {
    await open(1)
    until(house, '09:57:00')
    const people = await customers(house, 5)
    await joinAll(people)
    until(house, '10:00:00')
    await sellTo((await called(people))[0])
    const [first, second, third, fourth] = await inOrder(people)
    await third?.keepPlace()
    await second?.keepPlace()
    expect(await second?.ticket()).toMatchObject({ lapses_at: null })
    await open(2)
    until(house, '09:57:00')
    expect(await first?.ticket()).toMatchObject({ state: 'left' })
    const fresh = [...(await customers(house, 5)), fourth as Customer]
    await joinAll(fresh)
    until(house, '10:00:00')
    expect(new Set(await called([...people, ...fresh]))).toEqual(new Set([second, third]))
    expect(await inOrder(fresh)).toHaveLength(6)
  })

  test('may be joined after everything is sold, without having been in the room', async () => {
    await open(1)
    until(house, '10:00:00')
    await sellTo(await customer(house))
    const late = await customer(house)
    expect(await late.buy()).toBe('sold_out')
    expect(await late.keepPlace()).toMatchObject({ state: 'waiting', ahead: 0, lapses_at: null })
    await open(1)
    until(house, '10:00:00')
    expect(await called([late])).toEqual([late])
    expect(await late.buy()).toMatchObject({ plan: 'pro' })
  })
})
