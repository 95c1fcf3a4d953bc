import type { Instant, MemberId, OrderId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { tellLowBalances } from './low-balance.ts'
import { cancelOrder, chooseMethod, orderTopUp, planNext, switchRenewal, unbind } from './manage.ts'
import { placeOrder } from './order.ts'
import { inTx, pay, type PayWish } from './pay.ts'
import { lookAtPurchases, placePurchase, writePurchases, type PurchaseWish } from './purchase.ts'
import { askSoon, methodsOf, paymentsOf } from './payments-store.ts'
import { openProviders, type ProviderSettings } from './providers/open.ts'
import type { Headers, PaymentProvider } from './providers/port.ts'
import { redeem } from './redeem.ts'
import { offerRefund, refund, type RefundWish } from './refund.ts'
import { chooseSeatMethod, offerSeatRefund, refundSeats, switchSeats, viewSeats, type SeatsAt } from './seat-manage.ts'
import { orderSeats, type SeatsWish } from './seats.ts'
import { beginSetup, bindableAt, setupOf, type SetupWish } from './setups.ts'
import { endlessStock, type Stock } from './stock.ts'
import { contractsOf, nextDueAt, orderById, ordersOf, runningContract } from './store.ts'
import { offerUpgrade, orderUpgrade, type UpgradeWish } from './upgrade.ts'
import { viewSubscription } from './subscription-view.ts'
import { receiveWebhook } from './webhook.ts'
import { workDue } from './work.ts'

export type { PaidSeats, TeamSeats } from './deps.ts'
export type { OrderRefusal } from './order.ts'
export type { PurchaseWish } from './purchase.ts'
export type { PayRefusal, PayWith } from './pay.ts'
export type { PaymentRow, RefundRow } from './payments-store.ts'
export type { ContractRow, OrderDraft, OrderRow } from './store.ts'
export { insertCoupon, insertRedeemCode } from './coupons-store.ts'
export { makeRedeemCodes } from './redeem-codes.ts'
export { placeOrder }
export { refuserOf } from './route-deps.ts'
export { isoOf, moneyOf, shownBalance, shownMicros, shownOrder, shownPayment } from './shown.ts'
export { checkMoney } from './check.ts'
export { registerBalance } from './balance-routes.ts'
export { registerMethods } from './method-routes.ts'
export { registerOrders } from './order-routes.ts'
export { registerSubscription } from './subscription-routes.ts'
export { wordBilling, type BillingRefusal } from './words.ts'
export { registerWebhooks } from './webhook-routes.ts'
export { endlessStock, type Stock }

export type Billing = Awaited<ReturnType<typeof makeBilling>>

export interface Bank {
  readonly url: string
  readonly secret: string
}

/** Everything between a wish to buy and a running subscription, and all that happens to it until it ends. */
export async function makeBilling(
  given: Omit<BillingDeps, 'providers' | 'stock' | 'publicUrl'> & Pick<ProviderSettings, 'secret'>,
) {
  let providers: ReadonlyMap<string, PaymentProvider> = new Map()
  let stock = endlessStock
  let bank: Bank | undefined
  const bankUrl = given.secret('CODEPLAN_BANK_URL')
  // One bank for several nodes, outside of all of them.
  if (bankUrl) bank = { url: bankUrl, secret: given.secret('CODEPLAN_BANK_SECRET') ?? '' }
  let publicUrl = ''
  const deps: BillingDeps = {
    ...given,
    providers: () => providers,
    stock: () => stock,
    publicUrl: () => publicUrl,
  }
  const settings = { clock: given.clock, log: given.log, secret: given.secret, bank: () => bank }
  let documents = given.catalog.current().billing.providers
  const open = async (): Promise<void> => {
    providers = await openProviders(documents, settings)
  }
  await given.catalog.prepare(async (next) => {
    documents = next.billing.providers
    await open()
  })
  return {
    /** For the limited sale, in the transaction that takes the pieces: first what the wishes come to, then the orders. */
    lookAtPurchases: (tx: Tx, wishes: readonly PurchaseWish[], now: Instant) => lookAtPurchases(deps, tx, wishes, now),
    writePurchases,
    /** For plans whose sale has no limit. */
    buy: (wish: PurchaseWish, now: Instant) => inTx(deps, (tx) => placePurchase(deps, tx, wish, now)),
    pay: (wish: PayWish, now: Instant) => pay(deps, wish, now),
    offerUpgrade: (wish: UpgradeWish, now: Instant) => deps.db.tx((tx) => offerUpgrade(deps, tx, wish, now)),
    orderUpgrade: (wish: Parameters<typeof orderUpgrade>[1], now: Instant) => orderUpgrade(deps, wish, now),
    offerRefund: (memberId: MemberId, now: Instant) => deps.db.tx((tx) => offerRefund(deps, tx, memberId, now)),
    refund: (wish: RefundWish, now: Instant) => deps.db.tx((tx) => refund(deps, tx, wish, now)),
    refundIn: (tx: Tx, wish: RefundWish, now: Instant) => refund(deps, tx, wish, now),
    switchRenewal: (memberId: MemberId, on: boolean) => switchRenewal(deps, memberId, on),
    planNext: (memberId: MemberId, wish: Parameters<typeof planNext>[2]) => planNext(deps, memberId, wish),
    chooseMethod: (memberId: MemberId, methodId: string) => chooseMethod(deps, memberId, methodId),
    beginSetup: (wish: SetupWish, now: Instant) => beginSetup(deps, wish, now),
    setup: (memberId: MemberId, id: string) => setupOf(deps, memberId, id),
    bindableAt: (memberId: MemberId) => bindableAt(deps, deps.db.queries, memberId),
    unbind: (memberId: MemberId, methodId: string, now: Instant) => unbind(deps, memberId, methodId, now),
    cancelOrder: (memberId: MemberId, orderId: string, now: Instant) => cancelOrder(deps, memberId, orderId, now),
    orderTopUp: (wish: Parameters<typeof orderTopUp>[1], now: Instant) => orderTopUp(deps, wish, now),
    orderSeats: (wish: SeatsWish, now: Instant) => deps.db.tx((tx) => orderSeats(deps, tx, wish, now)),
    seats: (teamId: string) => viewSeats(deps, teamId),
    switchSeats: (at: SeatsAt, on: boolean, now: Instant) => switchSeats(deps, at, on, now),
    chooseSeatMethod: (wish: Parameters<typeof chooseSeatMethod>[1], now: Instant) => chooseSeatMethod(deps, wish, now),
    offerSeatRefund: (at: SeatsAt, now: Instant) => deps.db.tx((tx) => offerSeatRefund(deps, tx, at, now)),
    refundSeats: (wish: Parameters<typeof refundSeats>[2], now: Instant) =>
      deps.db.tx((tx) => refundSeats(deps, tx, wish, now)),
    receiveWebhook: (provider: PaymentProvider, message: { body: Buffer; headers: Headers }, now: Instant) =>
      receiveWebhook(deps, provider, message, now),
    redeem: (wish: Parameters<typeof redeem>[1], now: Instant) => redeem(deps, wish, now),
    view: (memberId: MemberId) => viewSubscription(deps, memberId),
    providers: () => providers,
    tellLowBalances: (now: Instant) => tellLowBalances(deps, now),
    workDue: (now: Instant) => workDue(deps, now),
    /** The next round asks providers about what is not settled, or about this payment; answers how many. */
    askSoon: (tx: Tx, now: Instant, paymentId?: string) => askSoon(tx, now, paymentId),
    /** When there is something to do next. */
    nextDueAt: () => nextDueAt(deps.db.queries),
    order: (id: string) => orderById(deps.db.queries, id),
    orders: (memberId: MemberId, limit: number) => ordersOf(deps.db.queries, memberId, limit),
    payments: (orderId: OrderId) => paymentsOf(deps.db.queries, orderId),
    methods: (memberId: MemberId) => methodsOf(deps.db.queries, memberId),
    contracts: (memberId: MemberId) => contractsOf(deps.db.queries, memberId),
    contract: (memberId: MemberId) => runningContract(deps.db.queries, memberId),
    /** The room above that sells a limited number plugs itself in. */
    useStock: (limited: Stock): void => {
      stock = limited
    },
    hasBank: () => bank !== undefined,
    /** The test bank runs at this address now. */
    useBank: async (there: Bank): Promise<void> => {
      bank = there
      await open()
    },
    /** Where people and providers reach this server. */
    useAddress: (url: string): void => {
      publicUrl = url.replace(/\/+$/, '')
    },
  }
}
