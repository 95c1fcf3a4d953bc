import { hash } from 'node:crypto'

import type { Model, Route } from '../catalog/index.ts'

/**
 * The routes of a model in the order in which a call tries them: by priority, and among equals by rendezvous hash of the
 * conversation, so that its calls find the prompt cache of the upstream that served them before. Weights are kept: a
 * route of weight 2 comes first for twice as many conversations.
 */
export function routesInOrder(model: Model, session: string): readonly Route[] {
  if (model.routes.length === 1) return model.routes
  const scored = model.routes.map((route) => ({ route, score: score(route, session) }))
  return scored.toSorted((a, b) => a.route.priority - b.route.priority || b.score - a.score).map(({ route }) => route)
}

/** Weighted rendezvous: −weight ÷ ln(u), with u from (0, 1) by the hash of route and conversation. */
function score(route: Route, session: string): number {
  const digest = hash('sha256', `${route.upstream.id}/${route.model}/${session}`, 'buffer')
  const u = (digest.readUInt32BE(0) + 1) / (2 ** 32 + 2)
  return -route.weight / Math.log(u)
}
