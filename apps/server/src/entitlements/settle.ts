import {
  beginAgain,
  emptyTally,
  endCall,
  tokenCharge,
  type Movement,
  type PlanTerms,
  type TokenCharge,
} from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db } from '../platform/index.ts'
import type { EndedCalls } from './ended-calls.ts'
import { hoursOf } from './hours.ts'
import { eventsThere, leave, readForSettlement, waitForDisk, writeSettlements } from './batch-store.ts'
import type { EventRow, PromptRow } from './store.ts'
import type { Settlement } from './types.ts'

export interface SettleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly ended: EndedCalls
}

/**
 * Ends calls, exactly once each, durably, in one transaction. The lock on a subscription's row orders all settlements
 * of its calls, so looking for an event and writing it cannot be divided by another settlement of the same call.
 * Answers, in order, whether this settlement was the one that counted.
 */
export async function settle(deps: SettleDeps, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
  const now = deps.clock.now()
  const terms = await deps.catalog.planVersions(deps.db.queries, distinct(settlements, 'planVersionId'))
  return deps.db.scripts(async (script) => {
    const reads = await readForSettlement(script, {
      calls: settlements.map((s) => s.admission.id),
      subscriptions: distinct(settlements, 'subscriptionId'),
      prompts: distinct(settlements, 'promptId'),
    })
    deps.ended.takeOut(settlements)
    const { held } = reads
    const accounts = new Map(reads.accounts.map((row) => [row.id, row]))
    const prompts = new Map(reads.prompts.map((row) => [row.id, row]))
    const unheld = settlements.filter((s) => !held.has(s.admission.id)).map((s) => s.admission)
    const done = unheld.length > 0 ? await eventsThere(script, unheld) : new Set<string>()

    const ended: { event: EventRow; settlement: Settlement }[] = []
    const seen = new Set(done)
    const answers = settlements.map((settlement) => {
      const { admission } = settlement
      if (seen.has(admission.id)) return false
      seen.add(admission.id)
      const account = accounts.get(admission.subscriptionId)
      const plan = terms.get(admission.planVersionId)
      if (!account || !plan) throw new Error(`call ${admission.id} belongs to nobody`)
      const prompt = prompts.get(admission.promptId) ?? lostPrompt(settlement)
      const call = { permille: admission.multiplier, reserve: admission.cost, starts: admission.starts }
      const { charge, held: heldBack } = useOf(settlement, plan)
      const found = { account: { windows: account.windows, inFlight: account.in_flight }, tally: prompt.tally }
      const begun = held.has(admission.id) ? found : beginAgain(plan, found, call)
      const end = endCall(plan, begun, call, { counts: settlement.billable, actual: charge })
      accounts.set(account.id, { ...account, windows: end.account.windows, in_flight: end.account.inFlight })
      prompts.set(prompt.id, { ...prompt, tally: end.tally })
      ended.push({ settlement, event: eventOf(settlement, end.charged, heldBack, now) })
      return true
    })
    if (ended.length === 0) await leave(script)
    else {
      await writeSettlements(script, {
        quotas: [...accounts.values()].map(({ id, windows, in_flight }) => ({ id, windows, in_flight })),
        prompts: [...prompts.values()],
        events: ended.map(({ event }) => (held.has(event.id) ? withoutAdmission(event) : event)),
        hours: hoursOf(ended),
      })
    }
    // Also when nothing was written: whoever settled these calls may still be waiting for the disk.
    await waitForDisk(script)
    return answers
  })
}

function withoutAdmission(event: EventRow) {
  const { admission: _, ...details } = event.details
  return { ...event, details }
}

/** What the token meter charges. Where nobody has counted (a crash), what was set aside. */
function useOf(settlement: Settlement, { meter }: PlanTerms): TokenCharge {
  const { admission, tokens, tokensFrom } = settlement
  if (meter.kind !== 'token') return { charge: 0, held: 0 }
  if (tokensFrom === 'none') return { charge: admission.cost, held: 0 }
  return tokenCharge(meter, admission.model, tokens, admission.multiplier)
}

function lostPrompt({ admission }: Settlement): PromptRow {
  return {
    id: admission.promptId,
    subscription_id: admission.subscriptionId,
    key: null,
    asked: false,
    session: '',
    tally: emptyTally,
    calls: 0,
    opened_at: admission.admittedAt,
    last_call_at: admission.admittedAt,
  }
}

function eventOf(settlement: Settlement, charged: readonly Movement[], heldBack: number, now: number): EventRow {
  const { admission, tokens } = settlement
  return {
    id: admission.id,
    admitted_at: admission.admittedAt,
    settled_at: now,
    member_id: admission.memberId,
    subscription_id: admission.subscriptionId,
    key_id: admission.keyId,
    prompt_id: admission.promptId,
    ending: settlement.ending,
    billable: settlement.billable,
    model: admission.model,
    multiplier: admission.multiplier,
    charge: charged.reduce((sum, movement) => sum + movement.micro, 0),
    charges: charged.flatMap(({ starts, micro }) =>
      Object.entries(starts).map(([window, startsAt]) => ({ window, startsAt, micro })),
    ),
    input_tokens: tokens.inputTokens,
    cache_read_tokens: tokens.cacheReadTokens,
    cache_write_5m_tokens: tokens.cacheWrite5mTokens,
    cache_write_1h_tokens: tokens.cacheWrite1hTokens,
    output_tokens: tokens.outputTokens,
    reasoning_tokens: tokens.reasoningTokens,
    list_price: settlement.listPrice,
    details: {
      admission,
      tokensFrom: settlement.tokensFrom,
      firstByteMs: settlement.timing.firstByteMs ?? null,
      totalMs: settlement.timing.totalMs,
      tried: settlement.tried,
      ...(heldBack > 0 ? { heldBack } : {}),
    },
  }
}

function distinct(
  settlements: readonly Settlement[],
  field: 'subscriptionId' | 'promptId' | 'planVersionId',
): string[] {
  return [...new Set(settlements.map((s) => s.admission[field]))]
}
