import {
  giveBackCall,
  instant,
  micros,
  MINUTE_MS,
  no,
  serviceNow,
  takeCall,
  topUp,
  availableIn,
  yes,
  type CallId,
  type Instant,
  type KeyId,
  type MemberId,
  type Micros,
  type Outcome,
  type ServiceStanding,
  type SubscriptionId,
} from '@codeplan/core'

import { SERVICES, type CatalogRoom, type ServiceId } from '../catalog/index.ts'
import { payBack, payForService } from '../ledger/index.ts'
import type { Clock, Db, Refusal, Tx } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import { SILENT_MS_MAX } from './recover.ts'
import {
  abandonedCalls,
  insertServiceCall,
  lockLine,
  markEnded,
  readCounts,
  runningCalls,
  saveCount,
  saveLine,
  type LineRow,
} from './services-store.ts'
import { lockWallet, readMember, saveWallet, walletOf, type AccountRow } from './store.ts'

interface Deps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly node: string
}

/** A call of a service that asks to begin. `pays`: a plan's allowance, or the balance at the catalog's price. */
export interface ServiceWish {
  readonly id: CallId
  readonly memberId: MemberId
  readonly keyId: KeyId
  readonly service: ServiceId
  readonly path: string
  readonly pays: 'plan' | 'balance'
  /** No call lasts longer; after that it is given back. */
  readonly msMax: number
}

export interface ServiceTaken {
  readonly id: CallId
  readonly service: ServiceId
  readonly at: Instant
  /** Of a call that a plan pays. */
  readonly of?: { readonly subscriptionId: SubscriptionId; readonly plan: string; readonly planVersionId: string }
  readonly left: ServiceStanding | undefined
}

/** Takes before it spends, all of it in one transaction under the member's line. */
export function takeService(deps: Deps, wish: ServiceWish): Promise<Outcome<ServiceTaken, Refusal>> {
  return deps.db.tx(async (tx) => {
    const now = deps.clock.now()
    const line = await lockLine(tx, wish.memberId)
    const passed = passLine(deps, line, await runningCalls(tx, wish.memberId), now)
    if (!passed.ok) return passed
    const taken =
      wish.pays === 'plan' ? await takeOfPlan(deps, tx, wish, now) : await takeOfBalance(deps, tx, wish, now)
    if (taken.ok) await saveLine(tx, wish.memberId, passed.value)
    return taken
  })
}

/** The services have a rate and a number of calls at a time of their own, for all of a member's keys and sessions. */
function passLine({ catalog }: Deps, line: LineRow, running: number, now: Instant): Outcome<LineRow, Refusal> {
  const { per_minute: perMinute, concurrency } = catalog.current().services
  if (running >= concurrency)
    return no({ code: 'too_many_service_calls', limit: 'concurrency', max: concurrency, retryAfterSec: 2 })
  const isSameMinute = now - line.minute_at < MINUTE_MS
  const calls = isSameMinute ? line.minute_calls : 0
  if (calls < perMinute) return yes({ minute_at: isSameMinute ? line.minute_at : now, minute_calls: calls + 1 })
  const retryAfterSec = Math.ceil((line.minute_at + MINUTE_MS - now) / 1000)
  return no({ code: 'too_many_service_calls', limit: 'per_minute', max: perMinute, retryAfterSec })
}

async function takeOfPlan(
  deps: Deps,
  tx: Tx,
  wish: ServiceWish,
  now: Instant,
): Promise<Outcome<ServiceTaken, Refusal>> {
  const { service } = wish
  const rows = await readMember(tx, wish.memberId)
  const account = accountOf(rows, now)
  if (!account) {
    const ended = rows.filter((row) => row.ends_at <= now)[0]
    return no(ended ? { code: 'plan_expired', endedAt: instant(ended.ends_at) } : { code: 'no_plan' })
  }
  const terms = (await deps.catalog.planVersions(tx, [account.plan_version_id])).get(account.plan_version_id)
  const plan = terms?.plan ?? ''
  const before = await standingIn(deps, tx, account, plan, service, now)
  if (!before) return no({ code: 'service_not_in_plan', service, plan })
  const taken = takeCall(before)
  if (!taken.ok) {
    const { calls, resetsAt } = before
    return no({ code: 'service_used_up', service, plan, calls, used: taken.no.used, resetsAt })
  }
  const subscriptionId = account.id as SubscriptionId
  await saveCount(tx, subscriptionId, service, taken.value)
  await insertServiceCall(tx, {
    ...factsOf(deps, wish, now),
    subscription_id: subscriptionId,
    plan,
    period_at: before.startsAt,
  })
  const left = { ...before, used: taken.value.used }
  return yes({
    id: wish.id,
    service,
    at: now,
    of: { subscriptionId, plan, planVersionId: account.plan_version_id },
    left,
  })
}

async function standingIn(
  { catalog }: Deps,
  tx: Tx,
  account: AccountRow,
  plan: string,
  service: ServiceId,
  now: Instant,
): Promise<ServiceStanding | undefined> {
  const rule = catalog.current().plans.get(plan)?.tools[service]
  if (!rule?.included) return undefined
  const counts = await readCounts(tx, [account.id])
  return serviceNow(rule, anchorOf(catalog, account), counts.get(`${account.id} ${service}`), now)
}

const anchorOf = (catalog: CatalogRoom, { anchor_at: at }: Pick<AccountRow, 'anchor_at'>) => ({
  zone: catalog.current().operator.zone,
  anchorAt: instant(at),
})

/** The price is posted at once and posted back if the call does not count: the balance is never promised twice. */
async function takeOfBalance(
  deps: Deps,
  tx: Tx,
  wish: ServiceWish,
  now: Instant,
): Promise<Outcome<ServiceTaken, Refusal>> {
  const { id, memberId, service } = wish
  const facts = factsOf(deps, wish, now)
  const { currency } = facts
  const price = micros(facts.price)
  const wallet = walletOf(await lockWallet(tx, memberId, currency))
  const paid = topUp(wallet, micros(-price))
  if (!paid.ok) {
    const why = { code: 'balance_low', available: availableIn(wallet), needed: price } as const
    return no({ code: 'balance_low', why, currency, plan: undefined })
  }
  if (price > 0) {
    await saveWallet(tx, memberId, paid.value)
    await payForService(tx, { id, memberId, currency, amount: price, service }, now)
  }
  await insertServiceCall(tx, { ...facts, subscription_id: null, plan: null, period_at: null })
  return yes({ id, service, at: now, left: undefined })
}

function factsOf({ catalog, node }: Deps, wish: ServiceWish, now: Instant) {
  return {
    id: wish.id,
    member_id: wish.memberId,
    key_id: wish.keyId,
    service: wish.service,
    path: wish.path,
    node,
    price: priceOf(catalog, wish.service),
    currency: catalog.current().operator.currency,
    taken_at: now,
    deadline_at: now + wish.msMax,
  }
}

const MICROS_PER_UNIT = 1e8

/** List price of a call; what vision costs a balance is its model's tokens. */
export function priceOf(catalog: CatalogRoom, service: ServiceId): Micros {
  const { services } = catalog.current()
  return micros(service === 'vision' ? 0 : Math.round(Number(services[service].price) * MICROS_PER_UNIT))
}

export interface ServiceEnd {
  readonly counted: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Ends a call, once, whoever asks how often. What does not count is given back in the same transaction. */
export function endService({ db, clock }: Pick<Deps, 'db' | 'clock'>, id: CallId, end: ServiceEnd): Promise<boolean> {
  return db.tx(async (tx) => {
    const at = clock.now()
    const call = await markEnded(tx, id, { at, ...end })
    if (!call || end.counted) return call !== undefined
    const { member_id: memberId, subscription_id: subscriptionId, service, currency } = call
    if (subscriptionId === null) {
      if (call.price === 0) return true
      const wallet = walletOf(await lockWallet(tx, memberId, currency))
      const filled = topUp(wallet, micros(call.price))
      if (!filled.ok) throw new Error('what is paid back cannot take from a balance')
      await saveWallet(tx, memberId, filled.value)
      await payBack(tx, { id, memberId, currency, amount: micros(call.price), service }, at)
      return true
    }
    await lockLine(tx, memberId)
    const count = (await readCounts(tx, [subscriptionId])).get(`${subscriptionId} ${service}`)
    if (count) await saveCount(tx, subscriptionId, service, giveBackCall(count, instant(call.period_at ?? 0)))
    return true
  })
}

const ABANDONED_AT_ONCE = 200

/** A crash leaves calls without an end: they are given back. Safe to run on every node at once. */
export async function giveBackAbandoned(deps: Pick<Deps, 'db' | 'clock' | 'node'>): Promise<void> {
  const now = deps.clock.now()
  const limit = { now, silentBefore: now - SILENT_MS_MAX, ownNode: deps.node, count: ABANDONED_AT_ONCE }
  for (const id of await abandonedCalls(deps.db.queries, limit))
    await endService(deps, id, { counted: false, details: { ending: 'recovered' } })
}

/** Of each of a member's subscriptions: what is left of each service that its plan has. */
export interface ServiceLeft extends ServiceStanding {
  readonly service: ServiceId
}

export async function servicesLeft(
  { db, catalog }: Pick<Deps, 'db' | 'catalog'>,
  rows: readonly (AccountRow & { readonly plan: string })[],
  now: Instant,
): Promise<ReadonlyMap<string, readonly ServiceLeft[]>> {
  const counts = await readCounts(
    db.queries,
    rows.map(({ id }) => id),
  )
  const { plans } = catalog.current()
  return new Map(
    rows.map((row) => {
      const left = SERVICES.flatMap((service) => {
        const rule = plans.get(row.plan)?.tools[service]
        if (!rule?.included) return []
        return [{ service, ...serviceNow(rule, anchorOf(catalog, row), counts.get(`${row.id} ${service}`), now) }]
      })
      return [row.id, left]
    }),
  )
}
