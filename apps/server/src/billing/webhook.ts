import { no, plusMs, yes, type Instant, type Outcome } from '@codeplan/core'

import type { BillingDeps } from './deps.ts'
import { takeNews, type Effect } from './money-in.ts'
import { inTx } from './pay.ts'
import { keepEvent, sayEvent, takeEvent, waitingEvents } from './payments-store.ts'
import type { Headers, News, NotificationFault, PaymentProvider } from './providers/port.ts'

const BATCH = 100
/** Younger ones are being worked off by whoever has received them. */
const LEFT_AFTER_MS = 30_000

/**
 * A provider tells something. Its sender is proven first, from the bytes as they came; then it is stored by the provider's
 * own name of it, and worked off once, in the transaction that has its effect (F56, F57). A forgery is never stored: it could
 * take the name of an event that is still to come.
 */
export async function receiveWebhook(
  deps: BillingDeps,
  provider: PaymentProvider,
  message: { readonly body: Buffer; readonly headers: Headers },
  now: Instant,
): Promise<Outcome<Effect | 'known', NotificationFault>> {
  const read = provider.readNotification(message.body, message.headers)
  if (!read.ok) return no(read.no)
  const { eventId, news } = read.value
  const event = { provider: provider.id, eventId }
  await keepEvent(deps.db.queries, { ...event, body: message.body, news: news ?? null }, now)
  return yes((await workOff(deps, event, news, now)) ?? 'known')
}

/** Undefined when it was worked off before. */
function workOff(
  deps: BillingDeps,
  event: { readonly provider: string; readonly eventId: string },
  news: News | undefined | null,
  now: Instant,
): Promise<Effect | undefined> {
  return inTx(deps, async (tx) => {
    if (!(await takeEvent(tx, { ...event, what: '' }, now))) return undefined
    const effect = news ? await takeNews(deps, tx, event.provider, news, now) : 'nothing_new'
    await sayEvent(tx, { ...event, what: effect })
    return effect
  })
}

/** Notifications that were stored and not worked off: a crash came between. */
export async function workWaiting(deps: BillingDeps, now: Instant): Promise<number> {
  const waiting = await waitingEvents(deps.db.queries, plusMs(now, -LEFT_AFTER_MS), BATCH)
  let done = 0
  for (const { provider, event_id: eventId, news } of waiting) {
    if (await workOff(deps, { provider, eventId }, news, now)) done++
  }
  return done
}
