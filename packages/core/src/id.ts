/** Ids carry their kind, for the compiler and for whoever reads a log line. Secrets never look like ids. */
export type Id<Prefix extends string> = `${Prefix}_${string}`

export type MemberId = Id<'mem'>
export type KeyId = Id<'key'>
export type SubscriptionId = Id<'sub'>
export type PlanVersionId = Id<'plv'>
export type PromptId = Id<'prm'>
export type OrderId = Id<'ord'>
export type PaymentId = Id<'pay'>
export type MethodId = Id<'pmt'>
export type RefundId = Id<'rfd'>
/** Of a method that is bound without a payment. */
export type SetupId = Id<'set'>

/** 30 characters: local time `yyyyMMddHHmmss` in UTC+8, then 16 lower-case hex (wire contract §1.2). */
export type CallId = string

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Time first, so that ids sort by creation; then 80 random bits. */
export function makeId<Prefix extends string>(prefix: Prefix, atMs: number, random: Uint8Array): Id<Prefix> {
  let time = ''
  for (let rest = atMs, i = 0; i < 9; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  let dice = ''
  for (let i = 0; i < 16; i++) dice += ALPHABET[(random[i % random.length] ?? 0) % 32]
  return `${prefix}_${time}${dice}`
}

/** The first that could be made at an instant: ids of earlier ones sort before it. */
export const firstId = <Prefix extends string>(prefix: Prefix, atMs: number): Id<Prefix> =>
  makeId(prefix, atMs, new Uint8Array(1))
