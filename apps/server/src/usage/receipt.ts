import { MICRO_PER_PROMPT } from '@codeplan/core'

import type { Admission, EventRow, HoldRow } from '../entitlements/index.ts'

const iso = (ms: number): string => new Date(ms).toISOString()
const units = (micro: number): number => micro / MICRO_PER_PROMPT

const isEvent = (row: EventRow | HoldRow): row is EventRow => 'ending' in row

/**
 * The receipt of a call: which prompt it belongs to and why, which multiplier applied by which rule, what each window was
 * before and after, what it used, what it would have cost, and how it ended. Amounts of quota are in prompts (or credits),
 * `_micro` ones are exact.
 */
export function receiptOf(row: EventRow | HoldRow, currency: string) {
  const admission = isEvent(row) ? row.details.admission : row.admission
  return {
    id: admission.id,
    admitted_at: iso(admission.admittedAt),
    tool: admission.tool,
    tool_rule: admission.toolRule,
    tool_policy: admission.toolPolicy ?? null,
    project: admission.project ?? null,
    path: admission.path,
    stream: admission.stream,
    key: admission.keyId,
    paid_by:
      admission.purse.kind === 'balance'
        ? {
            purse: 'balance' as const,
            overflow_of: admission.purse.overflow ?? null,
            reserved_micros: admission.purse.reserve,
          }
        : { purse: 'plan' as const },
    subscription: admission.subscriptionId,
    plan: admission.plan,
    plan_version: admission.planVersionId,
    catalog_version: admission.catalogVersion,
    model: { asked: admission.modelAsked, served: admission.model },
    prompt: { id: admission.promptId, reason: admission.promptReason, mark: admission.mark },
    multiplier: { factor: admission.multiplier / 1000, permille: admission.multiplier, rule: admission.multiplierRule },
    cost_micro: admission.cost,
    windows: admission.windows.map((window) => ({
      id: window.id,
      started_at: iso(window.startsAt),
      resets_at: iso(window.resetsAt),
      limit: units(window.allowance),
      before: units(window.before),
      after: units(window.after),
    })),
    ...(isEvent(row) ? endOf(row, currency) : { ending: 'running', counted: null }),
  }
}

function endOf(row: EventRow, currency: string) {
  const { details } = row
  return {
    ending: row.ending,
    counted: row.billable,
    settled_at: iso(row.settled_at),
    charge: units(row.charge),
    charge_micro: row.charge,
    charges: row.charges.map(({ window, startsAt, micro }) => ({ window, started_at: iso(startsAt), micro })),
    tokens: {
      input: row.input_tokens,
      cache_read: row.cache_read_tokens,
      cache_write_5m: row.cache_write_5m_tokens,
      cache_write_1h: row.cache_write_1h_tokens,
      output: row.output_tokens,
      reasoning: row.reasoning_tokens,
      counted_by: details.tokensFrom,
    },
    list_price: { currency, amount: row.list_price / 1e8, micros: row.list_price },
    timing: { first_byte_ms: details.firstByteMs, total_ms: details.totalMs },
    // What went wrong there is the operator's to know.
    tried: details.tried.map(({ upstream, model, end, status }) => ({
      upstream,
      model,
      end,
      ...(status === undefined ? {} : { status }),
    })),
    ...(details.unpaid === undefined ? {} : { unpaid_micros: details.unpaid }),
    ...(details.heldBack === undefined ? {} : { held_back_micro: details.heldBack }),
  }
}

export type Receipt = ReturnType<typeof receiptOf>
export type { Admission }
