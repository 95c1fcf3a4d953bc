import { HOUR_MS } from '@codeplan/core'

import type { EventRow } from './store.ts'
import type { Settlement } from './types.ts'

/** A row of the hourly roll-up: what the calls that were admitted in an hour add up to. */
export interface HourRow {
  readonly subscription_id: string
  readonly hour_at: number
  readonly model: string
  readonly tool: string
  readonly key_id: string
  readonly project: string
  calls: number
  failed: number
  charge: number
  input_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  output_tokens: number
  list_price: number
  /** Calls whose answer began; the two times are sums over them. */
  answered: number
  first_byte_ms: number
  output_ms: number
}

/** Endings that lie with the upstream or with us. */
const FAILED: ReadonlySet<string> = new Set([
  'no_capacity',
  'upstream_failed',
  'upstream_cut',
  'out_of_time',
  'server_stopped',
  'recovered',
])

/** The roll-up of events, one row for each subscription, hour, model, tool, key and project. */
export function hoursOf(events: readonly { readonly event: EventRow; readonly settlement: Settlement }[]): HourRow[] {
  const rows = new Map<string, HourRow>()
  for (const { event, settlement } of events) {
    const { tool, project = '' } = settlement.admission
    const hourAt = Math.floor(event.admitted_at / HOUR_MS) * HOUR_MS
    const id = `${event.subscription_id} ${hourAt} ${event.model} ${tool} ${event.key_id} ${project}`
    const row = rows.get(id) ?? emptyRow(event, hourAt, { tool, project })
    rows.set(id, row)
    row.calls += 1
    if (FAILED.has(event.ending)) row.failed += 1
    row.charge += event.charge
    row.input_tokens += event.input_tokens
    row.cache_read_tokens += event.cache_read_tokens
    row.cache_write_tokens += event.cache_write_5m_tokens + event.cache_write_1h_tokens
    row.output_tokens += event.output_tokens
    row.list_price += event.list_price
    const { firstByteMs, totalMs } = settlement.timing
    if (firstByteMs === undefined) continue
    row.answered += 1
    row.first_byte_ms += firstByteMs
    row.output_ms += totalMs - firstByteMs
  }
  return [...rows.values()]
}

function emptyRow(event: EventRow, hourAt: number, of: Pick<HourRow, 'tool' | 'project'>): HourRow {
  return {
    subscription_id: event.subscription_id,
    hour_at: hourAt,
    model: event.model,
    ...of,
    key_id: event.key_id,
    calls: 0,
    failed: 0,
    charge: 0,
    input_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    list_price: 0,
    answered: 0,
    first_byte_ms: 0,
    output_ms: 0,
  }
}
