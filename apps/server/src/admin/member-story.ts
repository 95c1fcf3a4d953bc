import type { MemberRow, MemberStory } from '@codeplan/contract'
import { DAY_MS, instant, usedShare, type Instant } from '@codeplan/core'

import { isoOf, shownBalance, shownMicros, shownOrder } from '../billing/index.ts'
import { walletId } from '../entitlements/index.ts'
import { auditOf, keysOfMember } from '../identity/index.ts'
import { mailsOf, type Language } from '../platform/index.ts'
import { refusedOf } from '../usage/index.ts'
import { dayBegins, dayOfNumber, offsetMs } from './calendar.ts'
import type { AdminDeps } from './deps.ts'
import { shownLetter } from './letters.ts'
import { creditsOf, daysOf, memberRow, signInOf, sourcesOf, type MemberListRow } from './members-store.ts'

const LISTED = 20
const DAYS = 30

export const shownMember = (row: MemberListRow): MemberRow => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  created_at: isoOf(row.created_at),
  verified: row.verified_at !== null,
  suspended: row.suspended_at !== null,
  plan: row.plan,
  ends_at: row.ends_at === null ? null : isoOf(row.ends_at),
  past_due: row.past_due,
})

/** Everything that somebody who helps a member has to see, at once. */
export async function memberStory(
  deps: AdminDeps,
  id: string,
  language: Language,
  now: Instant,
): Promise<MemberStory | undefined> {
  const { db, billing, catalog, entitlements, gateway } = deps
  const on = db.queries
  const row = await memberRow(on, id, now)
  if (!row) return undefined
  const { zone } = catalog.current().operator
  const [signIn, sources, standings, subscription, wallet, keys, orders, refusals, letters, deeds] = await Promise.all([
    signInOf(on, id, now),
    sourcesOf(on, id),
    entitlements.standings(id, now),
    billing.view(row.id),
    entitlements.wallet(row.id, now),
    keysOfMember(on, id),
    billing.orders(row.id, LISTED),
    gateway.refusals.of(id, LISTED),
    mailsOf(on, { address: row.email, limit: LISTED }),
    auditOf(on, { whom: id, limit: LISTED }),
  ])
  const subscriptions = sources.map((one) => one.id)
  const purses = [...subscriptions, walletId(row.id)]
  const span = { from: dayBegins(zone, now, 1 - DAYS), offsetMs: offsetMs(zone, now) }
  const [days, credits] = [await daysOf(on, purses, span), await creditsOf(on, subscriptions)]
  const sourceOf = new Map(sources.map((one) => [one.id, one.source]))
  return {
    member: { ...shownMember(row), language: row.language, zone: row.zone, ...signIn },
    subscription,
    standings: standings.slice(0, LISTED).map((one) => ({
      id: one.subscriptionId,
      plan: one.terms.plan,
      name: one.terms.name,
      source: sourceOf.get(one.subscriptionId) ?? '',
      drawn: one.drawn,
      running: one.running,
      starts_at: isoOf(one.startsAt),
      ends_at: isoOf(one.endsAt),
      in_flight: one.inFlight,
      windows: one.windows.map((window) => ({
        id: window.rule.id,
        unit: one.terms.unit,
        limit: window.allowance / 1e6,
        used: window.used / 1e6,
        used_share: usedShare(window),
        resets_at: window.resetsAt === undefined ? null : isoOf(window.resetsAt),
      })),
    })),
    balance: shownBalance(wallet),
    keys: keys.map((key) => ({
      id: key.id,
      name: key.name,
      begins_with: key.handle.slice(0, 8),
      created_at: isoOf(key.created_at),
      last_used_at: key.last_used_at === null ? null : isoOf(key.last_used_at),
      revoked_at: key.revoked_at === null ? null : isoOf(key.revoked_at),
      allowed: key.allowed === null ? null : [...key.allowed],
      many_addresses_at: key.many_addresses_at === null ? null : isoOf(key.many_addresses_at),
    })),
    orders: orders.map(shownOrder),
    days: daysBetween(days, Math.floor((now + span.offsetMs) / DAY_MS)),
    refusals: refusals.map((refusal) => {
      const { at, times, code, message, path } = refusedOf(refusal, zone, language)
      return { at, times, code, message, path }
    }),
    letters: letters.map(shownLetter),
    credits: credits.map((credit) => ({
      at: isoOf(instant(credit.given_at)),
      window: credit.window_id,
      units: credit.micro / 1e6,
      reason: credit.reason,
      by: credit.given_by,
    })),
    deeds: deeds.map((deed) => ({ ...deed, at: isoOf(deed.at) })),
  }
}

/** Each of the last days, those without a call as well. */
function daysBetween(rows: Awaited<ReturnType<typeof daysOf>>, last: number): MemberStory['days'] {
  const known = new Map(rows.map((row) => [row.day, row]))
  return Array.from({ length: DAYS }, (_, i) => {
    const day = last - DAYS + 1 + i
    const row = known.get(day)
    const listPrice = Number(shownMicros(row?.list_price ?? 0))
    return { day: dayOfNumber(day), calls: row?.calls ?? 0, charge: (row?.charge ?? 0) / 1e6, list_price: listPrice }
  })
}
