import type {
  Instant,
  MethodId,
  Minor,
  OrderId,
  Outcome,
  PaymentId,
  PaymentState,
  RefundId,
  SetupId,
} from '@codeplan/core'

/**
 * What the house needs of whoever moves money. It assumes no "charge now, know now": an answer may be pending, need the
 * customer, or come later by notification; the same question asked again with the same id moves money once.
 */
export interface PaymentProvider {
  /** Of the catalog; part of the webhook's address. */
  readonly id: string
  readonly kind: 'sandbox' | 'stripe' | 'alipay'
  /** Sends the customer to a page of the provider that takes this amount once. `keep`: and lets us debit later. */
  checkout(wish: CheckoutWish): Promise<Asked>
  /** Debits a bound method while the customer is away. */
  charge(wish: ChargeWish): Promise<Asked>
  /** What became of a payment; undefined when the provider has never heard of it. */
  query(payment: KnownPayment): Promise<PaymentNews | undefined>
  refund(wish: RefundWish): Promise<RefundNews>
  /** What became of a refund; undefined when it was never asked for. */
  queryRefund(refund: KnownRefund): Promise<RefundNews | undefined>
  /** Binds a method without taking money; absent: only a payment binds one. */
  readonly setups?: Setups | undefined
  /** Gives the permission to debit back. */
  unbind(mandate: string): Promise<void>
  /** Whether a mandate allows a debit of this amount; absent: any. */
  allows?(mandate: { readonly amountMax: Minor | null }, amount: Minor): boolean
  /** Proves who sent it, from the bytes as they came. */
  readNotification(body: Buffer, headers: Headers): Outcome<Notification, NotificationFault>
  /** What the provider wants to read when its notification is stored. */
  readonly thanks: { readonly contentType: string; readonly body: string }
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface CheckoutWish {
  readonly paymentId: PaymentId
  readonly orderId: OrderId
  readonly amount: Minor
  readonly currency: string
  readonly title: string
  readonly keep: boolean
  /** Debits to come, for providers whose permissions are limited: how much, how often. */
  readonly debits?: Debits | undefined
  readonly returnUrl: string
  readonly notifyUrl: string
  readonly language: 'zh' | 'en'
  readonly expiresAt: number
  /** When the payment was written down: the same whenever it is asked for. */
  readonly createdAt: number
}

export interface Setups {
  /** Its permissions are for debits that are known: only somebody whose plan renews can give one. */
  readonly needsDebits: boolean
  /** Sends the customer to a page of the provider. The same id is one setup. */
  begin(wish: SetupWish): Promise<AskedSetup>
  /** What became of it; undefined when the provider has never heard of it. */
  query(setup: KnownSetup): Promise<SetupNews | undefined>
}

export interface SetupWish extends Pick<
  CheckoutWish,
  'debits' | 'currency' | 'title' | 'returnUrl' | 'notifyUrl' | 'language' | 'expiresAt' | 'createdAt'
> {
  readonly setupId: SetupId
}

export interface KnownSetup {
  readonly setupId: SetupId
  readonly ref: string | null
}

export type AskedSetup = Omit<SetupNews, 'kind' | 'setupId'>

export interface Debits {
  readonly amountMax: Minor
  readonly months: number
  /** When the first one is due. */
  readonly firstAt: Instant
}

export interface ChargeWish {
  readonly paymentId: PaymentId
  readonly orderId: OrderId
  readonly methodId: MethodId
  readonly mandate: string
  readonly amount: Minor
  readonly currency: string
  readonly title: string
  readonly notifyUrl: string
  /** Where the customer comes back to, if the provider wants him after all. */
  readonly returnUrl: string
}

export interface KnownPayment {
  readonly paymentId: PaymentId
  /** The provider's name of it, once it has given one. */
  readonly ref: string | null
}

export interface RefundWish {
  readonly refundId: RefundId
  readonly paymentId: PaymentId
  readonly paymentRef: string
  readonly amount: Minor
  readonly currency: string
  readonly reason: string
}

export interface KnownRefund {
  readonly refundId: RefundId
  readonly paymentId: PaymentId
  readonly paymentRef: string
  readonly ref: string | null
}

/** The answer to a wish. `action`: where the customer goes on. */
export interface Asked {
  readonly state: Exclude<PaymentState, 'refunded'>
  readonly ref: string | null
  readonly action?: { readonly redirectUrl: string } | undefined
  readonly failure?: string | undefined
  /** What the customer has allowed by it. */
  readonly method?: BoundMethod | undefined
}

export interface BoundMethod {
  readonly mandate: string
  /** For people: `Visa •••• 4242`. */
  readonly label: string
  readonly fingerprint: string
  readonly amountMax: Minor | null
}

export interface PaymentNews extends Asked {
  readonly kind: 'payment'
  readonly paymentId: string
  readonly amount: Minor
  readonly currency: string
}

export interface SetupNews {
  readonly kind: 'setup'
  readonly setupId: string
  /** Done, but the method is not named yet: `pending`, and asked about at once. */
  readonly state: 'action_required' | 'pending' | 'succeeded' | 'failed'
  readonly ref: string | null
  readonly action?: { readonly redirectUrl: string } | undefined
  readonly failure?: string | undefined
  readonly method?: BoundMethod | undefined
}

export interface RefundNews {
  readonly kind: 'refund'
  readonly refundId: string
  readonly state: 'pending' | 'succeeded' | 'failed'
  readonly ref: string | null
  readonly failure?: string | undefined
}

export type MandateNews =
  | { readonly kind: 'mandate'; readonly state: 'revoked'; readonly mandate: string }
  /** The permission that the checkout of this payment asked for (`debits`), told apart from its money, in any order. */
  | ({ readonly kind: 'mandate'; readonly state: 'granted'; readonly paymentId: string } & Omit<
      BoundMethod,
      'amountMax'
    >)

export type News = PaymentNews | SetupNews | RefundNews | MandateNews

export interface Notification {
  /** The provider's own name of it: the same one is worked off once. */
  readonly eventId: string
  /** Absent: it tells of nothing that matters here. */
  readonly news?: News | undefined
}

/** `off`: the operator has not set the secret that would prove a sender (F59). */
export type NotificationFault = 'off' | 'forged' | 'not_readable'

/** The provider cannot be reached, or does not know yet: asked again later, with the same ids. */
export class ProviderAway extends Error {}
