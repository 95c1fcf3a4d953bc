import { mayBuy, no, type Instant, type Outcome } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { askerOf, countedSince } from './board.ts'
import type { BuyNo, Placed, PurchaseWish, SaleDeps } from './deps.ts'
import { openShelves } from './shelves.ts'
import { askedBefore, reservationsOf, undoIf, type OwnReservation } from './shelves-store.ts'

export type Bought = Outcome<Placed, BuyNo>

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
  const asked = new Set(
    (
      await askedBefore(
        tx,
        wishes.map(({ memberId, requestKey }) => ({ memberId, requestKey })),
      )
    ).map(nameOf),
  )
  const mine = Map.groupBy<string, OwnReservation>(own, ({ memberId }) => memberId)
  const answers: Bought[] = []
  for (const wish of wishes) {
    const { memberId, plan } = wish
    // Whoever asks again is answered as before.
    if (asked.has(nameOf(wish))) {
      answers.push(await place(deps, tx, wish, now))
      continue
    }
    const asker = askerOf(mine.get(memberId) ?? [], plan)
    const may = mayBuy(shelves.of(plan), asker, rules.perPerson, now)
    if (!may.ok) {
      answers.push(no(may.no))
      continue
    }
    const placed = await place(deps, tx, { ...wish, holdMs: rules.holdMs }, now)
    answers.push(placed)
    if (!placed.ok) continue
    const { id, expires_at } = placed.value.order
    if (may.value === 'called') shelves.use(memberId, plan, id, expires_at)
    else shelves.take(memberId, plan, id, expires_at)
    asked.add(nameOf(wish))
    const others = (mine.get(memberId) ?? []).filter((one) => one.plan !== plan || one.state === 'sold')
    mine.set(memberId, [...others, { memberId, plan, state: 'ordered', orderId: id }])
  }
  await shelves.save()
  return answers
}

export async function place(deps: SaleDeps, tx: Tx, wish: PurchaseWish, now: Instant): Promise<Bought> {
  const write = () => deps.placeOrder(tx, wish, now)
  // A coupon that is used up in this moment refuses an order that is written already.
  const placed = wish.coupon === undefined ? await write() : await undoIf(tx, (answer) => !answer.ok, write)
  return placed.ok ? placed : no({ code: 'no_order', why: placed.no })
}

const nameOf = ({ memberId, requestKey }: { readonly memberId: string; readonly requestKey: string }): string =>
  `${memberId} ${requestKey}`
