import { mayBuy, type Instant, type Outcome } from '@codeplan/core'

import type { OrderRow, PurchaseWish } from '../billing/index.ts'
import type { Tx } from '../platform/index.ts'
import { askerOf, countedSince } from './board.ts'
import type { SaleDeps } from './deps.ts'
import type { SaleRefusal } from './sale-words.ts'
import { openShelves } from './shelves.ts'
import { askedBefore, reservationsOf, undoIf, type OwnReservation } from './shelves-store.ts'

export type Bought = Outcome<{ readonly order: OrderRow; readonly isNew: boolean }, SaleRefusal>

/** Orders that come together take their pieces together, in the order in which they came; one transaction. */
export async function buyTogether(
  deps: SaleDeps,
  tx: Tx,
  wishes: readonly PurchaseWish[],
  now: Instant,
): Promise<Bought[]> {
  const { sale: rules } = deps.catalog.current()
  const shelves = await openShelves(tx, rules, now)
  const members = wishes.map(({ memberId }) => memberId)
  const own = await reservationsOf(tx, members, countedSince(rules, now))
  const mine = Map.groupBy<string, OwnReservation>(own, ({ memberId }) => memberId)
  const asked = new Set((await askedBefore(tx, wishes)).map(nameOf))
  const answers: Bought[] = []
  for (const wish of wishes) answers.push(await decide(wish))
  await shelves.save()
  return answers

  async function decide(wish: PurchaseWish): Promise<Bought> {
    const { memberId, plan } = wish
    // Whoever asks again is answered as before.
    if (asked.has(nameOf(wish))) return place(deps, tx, wish, now)
    const had = mine.get(memberId) ?? []
    const may = mayBuy(shelves.of(plan), askerOf(had, plan), rules.perPerson, now)
    if (!may.ok) return may
    const placed = await place(deps, tx, { ...wish, holdMs: rules.holdMs }, now)
    if (!placed.ok) return placed
    const { id, expires_at } = placed.value.order
    if (may.value === 'called') shelves.use(memberId, plan, id, expires_at)
    else shelves.take(memberId, plan, id, expires_at)
    asked.add(nameOf(wish))
    const others = had.filter((one) => one.plan !== plan || one.state === 'sold')
    mine.set(memberId, [...others, { memberId, plan, state: 'ordered', orderId: id }])
    return placed
  }
}

/** A coupon that is used up in this moment refuses an order that is written already: it is taken back. */
export const place = (deps: SaleDeps, tx: Tx, wish: PurchaseWish, now: Instant): Promise<Bought> => {
  const write = (): Promise<Bought> => deps.billing.placePurchase(tx, wish, now)
  return wish.coupon === undefined ? write() : undoIf(tx, (answer) => !answer.ok, write)
}

const nameOf = ({ memberId, requestKey }: { readonly memberId: string; readonly requestKey: string }): string =>
  `${memberId} ${requestKey}`
