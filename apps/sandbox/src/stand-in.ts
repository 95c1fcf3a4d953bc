/** What tests and demonstrations do with a faked payment provider, whichever it stands for. */
export interface ProviderStandIn {
  /** Where its API is. */
  readonly url: string
  /** Notifications that were made, in their order; a test delivers them as it likes. */
  readonly events: readonly Told[]
  /** A customer is on the page and takes a card (numbers: `CARDS`). */
  choose(pageUrl: string, card: string): void
  /** A customer who was called back has confirmed. */
  confirm(paymentId: string): void
  /** Nobody has paid on this page in time. */
  expire(pageUrl: string): void
  /** Money that was on its way arrives. */
  settleLate(): void
  /** What has come in for a payment of the merchant's, less what went back. */
  moved(paymentId: string): number
  /** While it is away it answers 503 to everything, and does nothing. */
  setAway(isAway: boolean): void
  /** The same notification with a genuine signature around other content. */
  signed(body: string): Told
  close(): Promise<void>
}

export interface Told {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}
