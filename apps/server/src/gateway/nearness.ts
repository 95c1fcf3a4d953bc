import { hash } from 'node:crypto'

/**
 * How near a thing (a route, a key) is to a conversation, from 0 to 1: rendezvous hashing. Each conversation prefers the same
 * one, whose prompt cache knows it; when one comes or goes, only its own conversations move.
 */
export function nearness(thing: string, session: string): number {
  const digest = hash('sha256', `${thing}/${session}`, 'buffer')
  return (digest.readUInt32BE(0) + 1) / (2 ** 32 + 2)
}

/** With weights: a thing of weight 2 is the nearest for twice as many conversations. */
export const weightedNearness = (thing: string, session: string, weight: number): number =>
  -weight / Math.log(nearness(thing, session))
