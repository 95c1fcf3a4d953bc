import type Stripe from 'stripe'

import type { SetupNews } from './port.ts'
import { cardOf } from './stripe-news.ts'

/** A page that binds a card. Events name neither the card nor its fingerprint: these are there when the page is asked for. */
export function setupNews(session: Stripe.Checkout.Session): SetupNews | undefined {
  const setupId = session.metadata?.setup_id
  if (setupId === undefined) return undefined
  const intent = typeof session.setup_intent === 'object' ? session.setup_intent : null
  const method = cardOf(intent?.payment_method ?? null)
  const said = { kind: 'setup', setupId, ref: session.id } as const
  if (session.status === 'expired') return { ...said, state: 'failed', failure: 'expired' }
  if (session.status === 'complete')
    return method ? { ...said, state: 'succeeded', method } : { ...said, state: 'pending' }
  return { ...said, state: 'action_required', ...(session.url ? { action: { redirectUrl: session.url } } : {}) }
}
