/**
 * How near a thing (a route, a key) is to a conversation, between 0 and 1: rendezvous hashing. Each conversation prefers the same
 * one, whose prompt cache knows it; when a thing comes or goes, only its own conversations move. Sessions are digests already,
 * so a quick hash is good enough to spread them (FNV-1a, then the finalizer of MurmurHash3).
 */
export function nearness(thing: string, session: string): number {
  let h = FNV_OFFSET
  for (let i = 0; i < thing.length; i++) h = Math.imul(h ^ thing.charCodeAt(i), FNV_PRIME)
  for (let i = 0; i < session.length; i++) h = Math.imul(h ^ session.charCodeAt(i), FNV_PRIME)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (((h ^ (h >>> 16)) >>> 0) + 1) / (2 ** 32 + 2)
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** With weights: a thing of weight 2 is the nearest for twice as many conversations. */
export const weightedNearness = (thing: string, session: string, weight: number): number =>
  -weight / Math.log(nearness(thing, session))
