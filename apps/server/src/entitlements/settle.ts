import { beginAgain, endCall, tokenCharge, type Movement, type PlanTerms, type TokenCharge } from '@codeplan/core'

import { lostPrompt, type MemberBooks } from './books.ts'
import { settlePaid } from './pay.ts'
import { addUse } from './prompt-use.ts'
import type { Scene } from './scene.ts'
import type { EventRow } from './store.ts'
import type { Settlement } from './types.ts'

/** Ends a call in the books. `held`: its beginning is on record; if not, a crash of the database has lost it. */
export function settle(settlement: Settlement, held: boolean, books: MemberBooks, scene: Scene): void {
  const { admission } = settlement
  const { purse } = admission
  if (purse.kind === 'balance') {
    const { charged, unpaid } = settlePaid(settlement, purse, held, books, scene)
    const event = eventOf({ ...settlement, listPrice: charged }, [], 0, scene.now)
    const details = unpaid > 0 ? { ...event.details, unpaid } : event.details
    return void scene.changes.ended.push({ settlement, event: { ...event, details } })
  }
  const account = books.account(admission.subscriptionId)
  const plan = scene.terms.get(admission.planVersionId)
  if (!account || !plan) throw new Error(`call ${admission.id} belongs to nobody`)
  const prompt = books.prompts.get(admission.promptId) ?? lostPrompt(settlement)
  const call = { permille: admission.multiplier, reserve: admission.cost, starts: admission.starts }
  const { charge, held: heldBack } = useOf(settlement, plan)
  const found = { account: { windows: account.windows, inFlight: account.in_flight }, tally: prompt.tally }
  const begun = held ? found : beginAgain(plan, found, call)
  const end = endCall(plan, begun, call, { counts: settlement.billable, actual: charge })
  const { windows, inFlight } = end.account
  const event = eventOf(settlement, end.charged, heldBack, scene.now)
  const after = { ...prompt, tally: end.tally, used: addUse(prompt.used, event) }
  scene.changes.save(books, { ...account, windows, in_flight: inFlight }, after)
  scene.changes.ended.push({ settlement, event })
}

/** What the token meter charges. Where nobody has counted (a crash), what was set aside. */
function useOf(settlement: Settlement, { meter }: PlanTerms): TokenCharge {
  const { admission, tokens, tokensFrom } = settlement
  if (meter.kind !== 'token') return { charge: 0, held: 0 }
  if (tokensFrom === 'none') return { charge: admission.cost, held: 0 }
  return tokenCharge(meter, admission.model, tokens, admission.multiplier)
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
