import type { Instant, MemberId } from '@codeplan/core'

import { serviceCallsAfter, type EventRow, type ServiceCallRow } from '../entitlements/index.ts'
import type { UsageDeps } from './deps.ts'
import { isEvent, receiptOf } from './receipt.ts'
import { serviceReceipt } from './service-receipt.ts'
import { callsAfter, callsOfPrompts, subscriptionsOf } from './store.ts'

const PAGE = 500
export const EXPORT_VERSION = 1

/**
 * A period of calls as JSON lines: a head that carries the plan terms and the rules and prices of every catalog version
 * named in it, then a receipt a call, then how many calls each prompt has, then calls of services. `codeplan-server recompute` needs nothing else.
 */
export async function* exportLines(
  deps: UsageDeps,
  memberId: MemberId,
  span: { from: Instant; to: Instant },
): AsyncGenerator<string> {
  const { operator } = deps.catalog.current()
  const subscriptions = await subscriptionsOf(deps.db.queries, memberId)
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    subscriptions.map((s) => s.plan_version_id),
  )
  const head = {
    kind: 'codeplan-export',
    version: EXPORT_VERSION,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    zone: operator.zone,
    currency: operator.currency,
    subscriptions: subscriptions.map((s) => ({
      id: s.id,
      anchor_at: new Date(s.starts_at).toISOString(),
      terms: terms.get(s.plan_version_id),
    })),
  }
  yield line(head)
  const catalogs = new Set<number>()
  const prompts = new Set<string>()
  for await (const event of eventsIn(
    deps,
    subscriptions.map((s) => s.id),
    span,
  )) {
    const { catalogVersion } = event.details.admission
    if (!catalogs.has(catalogVersion)) {
      catalogs.add(catalogVersion)
      yield line({ kind: 'catalog', ...(await deps.catalog.rulesOf(catalogVersion)) })
    }
    prompts.add(event.prompt_id)
    yield line({ kind: 'call', ...receiptOf(event, operator.currency) })
  }
  for (const [id, calls] of await callsOfPrompts(deps.db.queries, [...prompts]))
    yield line({ kind: 'prompt', id, calls })
  for await (const call of serviceCallsIn(deps, memberId, span))
    yield line({ kind: 'service_call', ...serviceReceipt(call) })
  yield line({ kind: 'end', calls: 'all' })
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

async function* eventsIn(
  deps: UsageDeps,
  ids: readonly string[],
  span: { from: Instant; to: Instant },
): AsyncGenerator<EventRow> {
  let after = { admittedAt: span.from - 1, id: '~' }
  for (;;) {
    const page = await callsAfter(deps.db.queries, ids, span, after, PAGE)
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { admittedAt: last.admitted_at, id: last.id }
  }
}

async function* serviceCallsIn(
  deps: UsageDeps,
  memberId: MemberId,
  span: { from: Instant; to: Instant },
): AsyncGenerator<ServiceCallRow> {
  let after = { takenAt: span.from - 1, id: '~' }
  for (;;) {
    const page = await serviceCallsAfter(deps.db.queries, memberId, span, after, PAGE)
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { takenAt: last.taken_at, id: last.id }
  }
}

const COLUMNS = [
  'id',
  'admitted_at',
  'tool',
  'key',
  'plan',
  'model_asked',
  'model',
  'prompt',
  'prompt_reason',
  'factor',
  'factor_rule',
  'charge',
  'counted',
  'ending',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'list_price',
  'currency',
  'total_ms',
] as const

/** The same calls for a spreadsheet: one row each. */
export async function* exportCsv(
  deps: UsageDeps,
  memberId: MemberId,
  span: { from: Instant; to: Instant },
): AsyncGenerator<string> {
  const { currency } = deps.catalog.current().operator
  const ids = (await subscriptionsOf(deps.db.queries, memberId)).map((s) => s.id)
  yield `${COLUMNS.join(',')}\r\n`
  for await (const event of eventsIn(deps, ids, span)) yield `${cellsOf(event, currency).map(cell).join(',')}\r\n`
}

function cellsOf(event: EventRow, currency: string): readonly unknown[] {
  if (!isEvent(event)) return []
  const { admission, totalMs } = event.details
  return [
    event.id,
    new Date(event.admitted_at).toISOString(),
    admission.tool,
    event.key_id,
    admission.plan,
    admission.modelAsked,
    event.model,
    event.prompt_id,
    admission.promptReason,
    event.multiplier / 1000,
    admission.multiplierRule,
    event.charge / 1_000_000,
    event.billable,
    event.ending,
    event.input_tokens,
    event.cache_read_tokens,
    event.cache_write_5m_tokens + event.cache_write_1h_tokens,
    event.output_tokens,
    event.list_price / 1e8,
    currency,
    totalMs,
  ]
}

/** Quoted where a comma, quote or line end asks for it; text that a spreadsheet would run as a formula is disarmed. */
function cell(value: unknown): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
