import { mayBuy, yes, type Instant, type Outcome } from '@codeplan/core'

import type { OrderDraft, OrderRow, PurchaseWish } from '../billing/index.ts'
import type { Tx } from '../platform/index.ts'
import { askerOf } from './board.ts'
import type { SaleDeps } from './deps.ts'
import type { SaleRefusal } from './sale-words.ts'
import { openShelves, type Reservation, type Shelves } from './shelves.ts'

export type Bought = Outcome<{ readonly order: OrderRow; readonly isNew: boolean }, SaleRefusal>

/** Orders that come together take their pieces together, in the order in which they came; one transaction. */
export async function buyTogether(
  deps: SaleDeps,
  tx: Tx,
  wishes: readonly PurchaseWish[],
  now: Instant,
): Promise<{ readonly answers: readonly Bought[]; readonly hasMoved: boolean }> {
  const { sale: rules } = deps.catalog.current()
  const shelves = await openShelves(tx, rules, now)
  const members = new Set<string>(wishes.map(({ memberId }) => memberId))
  const own = shelves.reservations.filter(({ memberId }) => members.has(memberId))
  const mine = Map.groupBy<string, Reservation>(own, ({ memberId }) => memberId)
  const answers: Bought[] = []
  for (const run of runsOf(wishes)) answers.push(...(await buyRun({ deps, tx, shelves, mine, now }, run)))
  await shelves.save()
  return { answers, hasMoved: shelves.hasMoved }
}

/** Wishes that may be looked at before any of them is written: a coupon is used up by the wish before. */
function runsOf(wishes: readonly PurchaseWish[]): PurchaseWish[][] {
  const runs: PurchaseWish[][] = []
  for (const wish of wishes) {
    const last = runs.at(-1)
    const isAlone = wish.coupon !== undefined || last?.at(-1)?.coupon !== undefined
    if (last && !isAlone) last.push(wish)
    else runs.push([wish])
  }
  return runs
}

interface Counter {
  readonly deps: SaleDeps
  readonly tx: Tx
  readonly shelves: Shelves
  /** What members have, those of this batch included. */
  readonly mine: Map<string, Reservation[]>
  readonly now: Instant
}

async function buyRun({ deps, tx, shelves, mine, now }: Counter, run: readonly PurchaseWish[]): Promise<Bought[]> {
  const { holdMs, perPerson } = deps.catalog.current().sale
  const looked = await deps.billing.lookAtPurchases(
    tx,
    run.map((wish) => ({ ...wish, holdMs })),
    now,
  )
  const drafts = new Map<string, OrderDraft>()
  const decided = run.map(
    (wish, i): Outcome<OrderRow | { readonly draft: OrderDraft; readonly isNew: boolean }, SaleRefusal> => {
      const { memberId, plan, requestKey } = wish
      const purchase = looked[i]
      if (purchase?.ok && purchase.value.kind === 'again') return yes(purchase.value.order)
      // Whoever asks twice at once is answered twice.
      const same = drafts.get(`${memberId} ${requestKey}`)
      if (same) return yes({ draft: same, isNew: false })
      const had = mine.get(memberId) ?? []
      const may = mayBuy(shelves.of(plan), askerOf(had, plan), perPerson, now)
      if (!may.ok) return may
      if (!purchase?.ok || purchase.value.kind !== 'new') return purchase as Outcome<never, SaleRefusal>
      const { draft } = purchase.value
      if (may.value === 'called') shelves.use(memberId, plan, draft.id, draft.expires_at)
      else shelves.take(memberId, plan, draft.id, draft.expires_at)
      drafts.set(`${memberId} ${requestKey}`, draft)
      const others = had.filter((one) => one.plan !== plan || one.state === 'sold')
      mine.set(memberId, [...others, { memberId, plan, state: 'ordered', orderId: draft.id }])
      return yes({ draft, isNew: true })
    },
  )
  const written = await deps.billing.writePurchases(tx, [...drafts.values()], now)
  if (written.length < drafts.size) throw new Error('an order was written beside the limited sale')
  const orders = new Map<string, OrderRow>(written.map((order) => [order.id, order]))
  return decided.map((one): Bought => {
    if (!one.ok) return one
    if (!('draft' in one.value)) return yes({ order: one.value, isNew: false })
    return yes({ order: orders.get(one.value.draft.id) as OrderRow, isNew: one.value.isNew })
  })
}
