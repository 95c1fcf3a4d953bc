import { DAY_MS, HOUR_MS, instant, type MemberId } from '@codeplan/core'

import { createKey, openSession, SESSION_COOKIE } from '../../apps/server/src/identity/index.ts'
import { addTeam, grantSeats } from '../../apps/server/src/teams/index.ts'
import { ask } from '../house/ask.ts'
import { runCommandIn } from '../house/command.ts'
import { openHouse, type House } from '../house/house.ts'
import { customers, limitedSale, operate } from '../house/shop.ts'
import { shopper } from '../house/shopper.ts'
import { newPerson, visitor, type Visitor } from '../house/visitor.ts'
import type { Language } from './chromium.ts'

export interface Persona {
  readonly memberId: MemberId
  readonly session: { readonly name: string; readonly value: string }
  /** Asks the console's API for this person. */
  readonly ask: Visitor
}
type Who = 'subscriber' | 'newcomer' | 'operator'

/** A shop in the middle of an afternoon, and people who have something to look at. */
export interface Scene {
  readonly house: House
  readonly people: Readonly<Record<Who, Persona>>
  readonly openOrder: string
  readonly paidOrder: string
  /** The language of everybody's profile. */
  speak(language: Language): Promise<void>
}

const MORNING = '2026-03-02T09:40:00+08:00'
const PIECES = 3
const MODELS = ['glm-4.7', 'glm-4.7', 'glm-5', 'glm-4.6', 'glm-4.5-air', 'glm-5', 'glm-4.7'] as const

export async function openScene(): Promise<Scene> {
  const house = await openHouse({ at: MORNING, publicUrl: 'http://127.0.0.1:0', catalog: limitedSale(PIECES) })
  const { clock } = house
  // Of the day before nothing is sold: an hour later the day's pieces are there.
  await house.app.sale.tick()
  clock.advance(HOUR_MS)
  await house.app.sale.tick()

  const subscriber = await persona(house, 'subscriber@example.org', '示例用户')
  const newcomer = await persona(house, 'newcomer@example.org', '')
  const operator = await persona(house, 'ops@example.org', 'Ops', 'operator')

  const shop = shopper(house, subscriber.memberId)
  const paid = await shop.buy('pro', 'month')
  await runCommandIn(house, 'balance', 'add', 'subscriber@example.org', '86.50')
  await useThePlan(house, subscriber)
  const team = await makeTeam(house, 'subscriber@example.org')
  const seats = { plan: 'lite', cycle: 'month', count: 2 }
  const ordered = await subscriber.ask.post(`/teams/${team}/orders`, seats, { 'idempotency-key': 'seats-of-the-team' })
  await shop.payBound(ordered.json.id)
  await subscriber.ask.post(`/teams/${team}/invitations`, { email: 'invited@example.org', plan: 'lite' })

  // Three people take the pieces of Max, and the newcomer stands in its line.
  for (const one of await customers(house, PIECES)) await one.pay(await one.buy('max'))
  await newcomer.ask.post('/sale/waitlist', { plan: 'max' })
  const wish = { plan: 'lite', cycle: 'quarter' }
  const opened = await newcomer.ask.post('/sale/orders', wish, { 'idempotency-key': 'the-open-order' })
  return {
    house,
    people: { subscriber, newcomer, operator },
    openOrder: String(opened.json.order?.id),
    paidOrder: paid.id,
    speak: async (language) => {
      for (const { ask: own } of [subscriber, newcomer, operator])
        await own.send('PATCH', '/account/profile', { language })
    },
  }
}

async function persona(house: House, email: string, name: string, role = 'member'): Promise<Persona> {
  const first = await newPerson(house, email)
  await first.send('PATCH', '/account/profile', { name })
  const { id: memberId } = (await first.get('/account/me')).json as { readonly id: MemberId }
  if (role !== 'member') await operate(house, 'member', 'role', email, role)
  const session = { name: SESSION_COOKIE, value: await openSession(house.rooms.db, memberId, house.clock.now()) }
  const browser = visitor(house)
  browser.cookies.set(session.name, session.value)
  return { memberId, session, ask: browser }
}

/** Some hours of work: several tools and models, and calls that were refused. */
async function useThePlan(house: House, { memberId, ask: browser }: Persona): Promise<void> {
  const { rooms, clock, url } = house
  const email = 'subscriber@example.org'
  const made = await createKey(rooms.db, rooms.seal, { email, name: 'Laptop' }, clock.now())
  const second = await browser.post('/account/keys', { name: 'Workstation', allowed: ['203.0.113.0/24'] })
  if (!made.ok || second.status !== 201) throw new Error(`no keys: ${second.text}`)
  const { key } = made.value
  for (const [i, model] of MODELS.entries()) {
    await ask(url, key, { text: `question ${i}`, model })
    if (i % 2 === 0)
      await ask(url, key, { wire: 'openai', text: `again ${i}`, headers: { 'user-agent': 'opencode/1.18.33' } })
    clock.advance(31 * 60_000)
  }
  // A script on the plan's base, and a model that is not in the plan.
  await ask(url, key, { text: 'from a script', headers: { 'user-agent': 'python-requests/2.32' } })
  await ask(url, key, { text: 'no such', model: 'gpt-9' })
  await rooms.entitlements.drain()
  await rooms.entitlements.standing(memberId, clock.now())
}

async function makeTeam(house: House, admin: string): Promise<string> {
  const { rooms, clock } = house
  const now = clock.now()
  return rooms.db.tx(async (tx) => {
    const made = await addTeam(tx, { name: 'Northwind Tools', admin }, now)
    if (!made.ok) throw new Error(made.no)
    const seats = { teamId: made.value.id, plan: 'lite', count: 3, endsAt: instant(now + 60 * DAY_MS) }
    await grantSeats(rooms, tx, seats, now)
    return made.value.id
  })
}
