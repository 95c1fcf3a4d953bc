import {
  move,
  openCall,
  settleCall,
  voidCall,
  type Movement,
  type PlanTerms,
  type PromptTally,
  type WindowStates,
} from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db } from '../platform/index.ts'
import {
  eventsThere,
  holdsThere,
  lockSubscriptions,
  promptsById,
  saveSettlements,
  type AccountRow,
  type EventRow,
  type PromptRow,
} from './store.ts'
import type { Settlement } from './types.ts'

export interface SettleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
}

/**
 * Ends calls, exactly once each, durably, in one transaction. The lock on a subscription's row orders all settlements
 * of its calls, so looking for an event and writing it cannot be divided by another settlement of the same call.
 * Answers, in order, whether this settlement was the one that counted.
 */
export async function settle(deps: SettleDeps, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
  const now = deps.clock.now()
  return deps.db.tx(async (tx) => {
    const ids = settlements.map((s) => s.admission.id)
    const accounts = new Map<string, AccountRow>()
    for (const row of await lockSubscriptions(tx, distinct(settlements, 'subscriptionId'))) accounts.set(row.id, row)
    const prompts = new Map<string, PromptRow>()
    for (const row of await promptsById(tx, distinct(settlements, 'promptId'))) prompts.set(row.id, row)
    const held = await holdsThere(tx, ids)
    const unheld = settlements.filter((s) => !held.has(s.admission.id)).map((s) => s.admission)
    const done = unheld.length > 0 ? await eventsThere(tx, unheld) : new Set<string>()
    const terms = await deps.catalog.planVersions(tx, distinct(settlements, 'planVersionId'))

    const events: EventRow[] = []
    const seen = new Set(done)
    const answers = settlements.map((settlement) => {
      const { admission } = settlement
      if (seen.has(admission.id)) return false
      seen.add(admission.id)
      const account = accounts.get(admission.subscriptionId)
      const plan = terms.get(admission.planVersionId)
      if (!account || !plan) throw new Error(`call ${admission.id} belongs to nobody`)
      const before = { account, prompt: prompts.get(admission.promptId) ?? lostPrompt(settlement) }
      const begun = held.has(admission.id) ? before : beginAgain(before, settlement, plan)
      const ended = endCall(begun, settlement, plan)
      accounts.set(account.id, ended.account)
      prompts.set(ended.prompt.id, ended.prompt)
      events.push(eventOf(settlement, ended.charged, now))
      return true
    })
    if (events.length > 0) {
      await saveSettlements(tx, {
        quotas: [...accounts.values()].map(({ id, windows, in_flight }) => ({ id, windows, in_flight })),
        prompts: [...prompts.values()],
        events,
      })
    }
    return answers
  })
}

interface Books {
  readonly account: AccountRow
  readonly prompt: PromptRow
}

/** What a crash of the database lost of an admission is entered as it was, in the windows that it had found. */
function beginAgain({ account, prompt }: Books, { admission }: Settlement, plan: PlanTerms): Books {
  const { tally, cost } = openCall(plan.meter, prompt.tally, admission.multiplier, admission.starts)
  const windows = { ...account.windows }
  for (const [id, startsAt] of Object.entries(admission.starts)) {
    const state = windows[id]
    // The opening of a window may be lost too; a window that began later is another one and stays.
    if (!state || state.startsAt < startsAt) windows[id] = { startsAt, used: 0, settled: 0 }
  }
  return {
    account: {
      ...account,
      windows: move(windows, { starts: admission.starts, micro: cost }, 'used', 1),
      in_flight: account.in_flight + 1,
    },
    prompt: { ...prompt, tally, calls: prompt.calls + 1 },
  }
}

function endCall(
  { account, prompt }: Books,
  { admission, billable }: Settlement,
  plan: PlanTerms,
): Books & { readonly charged: readonly Movement[] } {
  let { windows } = account
  let tally: PromptTally
  let charged: readonly Movement[] = []
  if (billable) {
    const settled = settleCall(plan.meter, prompt.tally, admission.multiplier)
    ;({ tally, charged } = settled)
    windows = moveAll(windows, charged, 'settled', 1)
  } else {
    const voided = voidCall(plan.meter, prompt.tally, admission.multiplier)
    tally = voided.tally
    windows = moveAll(windows, voided.released, 'used', -1)
  }
  return {
    account: { ...account, windows, in_flight: account.in_flight - 1 },
    prompt: { ...prompt, tally },
    charged,
  }
}

function moveAll(
  windows: WindowStates,
  movements: readonly Movement[],
  field: 'used' | 'settled',
  sign: 1 | -1,
): WindowStates {
  let next = windows
  for (const movement of movements) next = move(next, movement, field, sign)
  return next
}

function lostPrompt({ admission }: Settlement): PromptRow {
  return {
    id: admission.promptId,
    subscription_id: admission.subscriptionId,
    key: null,
    session: '',
    tally: { open: {}, settled: {}, parts: [] },
    calls: 0,
    opened_at: admission.admittedAt,
    last_call_at: admission.admittedAt,
  }
}

function eventOf(settlement: Settlement, charged: readonly Movement[], now: number): EventRow {
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
    details: { ...settlement.details, tokensFrom: settlement.tokensFrom, admission },
  }
}

function distinct(
  settlements: readonly Settlement[],
  field: 'subscriptionId' | 'promptId' | 'planVersionId',
): string[] {
  return [...new Set(settlements.map((s) => s.admission[field]))]
}
