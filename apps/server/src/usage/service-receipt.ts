import type { ServiceCallRow } from '../entitlements/index.ts'

const MICROS_PER_UNIT = 1e8
const iso = (ms: number): string => new Date(ms).toISOString()

/** What a call of a service was, who paid for it, and whether it counted. */
export const serviceReceipt = (row: ServiceCallRow) => ({
  id: row.id,
  service: row.service,
  path: row.path,
  key: row.key_id,
  at: iso(row.taken_at),
  ended_at: row.ended_at === null ? null : iso(row.ended_at),
  counted: row.counted,
  ending: typeof row.details.ending === 'string' ? row.details.ending : null,
  paid_by: row.subscription_id === null ? ('balance' as const) : ('plan' as const),
  subscription: row.subscription_id,
  plan: row.plan,
  price: { amount: (row.price / MICROS_PER_UNIT).toFixed(6).replace(/(\.\d\d)0{4}$/, '$1'), currency: row.currency },
})
