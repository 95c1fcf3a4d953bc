/** SHA-256 of a text as lower-case hex digits: handed in, since nothing here may import it. */
export type Digest = (text: string) => string

const TICKET_DIGITS = 32

/**
 * A ticket follows from the release and its holder, so nobody chooses it: not the holder, who would look for a lucky one, and
 * not the house, which has published the digest of its seed before it knows who comes.
 */
export const ticketOf = (releaseId: string, memberId: string, digest: Digest): string =>
  digest(`${releaseId}:${memberId}`).slice(0, TICKET_DIGITS)

/** Published before the release; the seed itself after the draw. */
export const commitmentOf = (seed: string, digest: Digest): string => digest(seed)

/**
 * The order by lot: by the digest of `seed:ticket`. It depends on nothing else, so anybody can recompute it from what is
 * published, and a ticket that leaves changes nothing between the others.
 */
export function drawLot<T extends { readonly ticket: string }>(
  tickets: readonly T[],
  seed: string,
  digest: Digest,
): T[] {
  const drawn = tickets.map((one) => ({ one, lot: digest(`${seed}:${one.ticket}`) }))
  return drawn.toSorted((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : 0)).map(({ one }) => one)
}
