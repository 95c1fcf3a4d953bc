import type { Instant, MemberId } from '@codeplan/core'

import { serviceCallsAfter, type EventRow, type ServiceCallRow } from '../entitlements/index.ts'
import type { UsageDeps } from './deps.ts'
import { receiptOf } from './receipt.ts'
import { serviceReceipt } from './service-receipt.ts'
import { callsAfter, callsOfPrompts, pursesOf, subscriptionsOf } from './store.ts'

const PAGE = 500
const MICROS_PER_UNIT = 1e8
export const EXPORT_VERSION = 1

/**
 * A period of calls, paid by plans or by the balance, as JSON lines: a head that carries the plan terms and the rules and prices
 * of every catalog version named in it, then a receipt a call, then how many calls each prompt has, then calls of services.
 * `codeplan-server recompute` needs nothing else.
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
  for await (const event of eventsIn(deps, memberId, span)) {
    const { catalogVersion, purse } = event.details.admission
    if (!catalogs.has(catalogVersion)) {
      catalogs.add(catalogVersion)
      yield line({ kind: 'catalog', ...(await deps.catalog.rulesOf(catalogVersion)) })
    }
    if (purse.kind === 'plan') prompts.add(event.prompt_id)
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
  memberId: MemberId,
  span: { from: Instant; to: Instant },
): AsyncGenerator<EventRow> {
  const ids = await pursesOf(deps.db.queries, memberId)
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
  'kind',
  'id',
  'admitted_at',
  'tool',
  'key',
  'paid_by',
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

/** The same for a spreadsheet, one row each: first the calls of models, then those of services, under the service's name. */
export async function* exportCsv(
  deps: UsageDeps,
  memberId: MemberId,
  span: { from: Instant; to: Instant },
): AsyncGenerator<string> {
  const { currency } = deps.catalog.current().operator
  yield row(Object.fromEntries(COLUMNS.map((name) => [name, name])))
  for await (const event of eventsIn(deps, memberId, span)) yield row(cellsOf(event, currency))
  for await (const call of serviceCallsIn(deps, memberId, span)) yield row(serviceCells(call))
}

type Cells = { readonly [C in (typeof COLUMNS)[number]]?: string | number | boolean | null }

const row = (cells: Cells): string => `${COLUMNS.map((name) => cell(cells[name] ?? '')).join(',')}\r\n`

function cellsOf(event: EventRow, currency: string): Cells {
  const { admission, totalMs } = event.details
  return {
    kind: 'call',
    id: event.id,
    admitted_at: new Date(event.admitted_at).toISOString(),
    tool: admission.tool,
    key: event.key_id,
    paid_by: admission.purse.kind,
    plan: admission.plan,
    model_asked: admission.modelAsked,
    model: event.model,
    prompt: event.prompt_id,
    prompt_reason: admission.promptReason,
    factor: event.multiplier / 1000,
    factor_rule: admission.multiplierRule,
    charge: event.charge / 1_000_000,
    counted: event.billable,
    ending: event.ending,
    input_tokens: event.input_tokens,
    cache_read_tokens: event.cache_read_tokens,
    cache_write_tokens: event.cache_write_5m_tokens + event.cache_write_1h_tokens,
    output_tokens: event.output_tokens,
    list_price: event.list_price / MICROS_PER_UNIT,
    currency,
    total_ms: totalMs,
  }
}

/** A call of a service draws no window: `list_price` is what the balance paid, where it did. */
function serviceCells(call: ServiceCallRow): Cells {
  const { service, ending, counted, paid_by: paidBy } = serviceReceipt(call)
  return {
    kind: service,
    id: call.id,
    admitted_at: new Date(call.taken_at).toISOString(),
    key: call.key_id,
    paid_by: paidBy,
    plan: call.plan,
    counted,
    ending,
    list_price: counted && paidBy === 'balance' ? call.price / MICROS_PER_UNIT : 0,
    currency: call.currency,
    total_ms: call.ended_at === null ? null : call.ended_at - call.taken_at,
  }
}

/** Quoted where a comma, quote or line end asks for it; text that a spreadsheet would run as a formula is disarmed. */
function cell(value: unknown): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
