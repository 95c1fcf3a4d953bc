import {
  countsOf,
  instant,
  listPrice,
  multiplierAt,
  promptCharge,
  tokenCharge,
  type MultiplierRule,
  type PlanTerms,
  type PriceTier,
  type TokenCounts,
} from '@codeplan/core'

import type { Receipt } from './receipt.ts'

export interface Recomputed {
  readonly calls: number
  /** Of them, paid by the balance: they have a price, and no prompt, factor or window. */
  readonly paidCalls: number
  /** Calls of services have no figure that could be computed: they are only counted. */
  readonly serviceCalls: number
  readonly prompts: number
  /** Prompts of which the file holds only a part: their charge cannot be judged from it. */
  readonly partialPrompts: number
  readonly windows: number
  readonly faults: readonly string[]
}

interface Head {
  readonly subscriptions: readonly { readonly id: string; readonly anchor_at: string; readonly terms: PlanTerms }[]
}
interface CatalogLine {
  readonly version: number
  readonly multipliers: readonly MultiplierRule[]
  readonly prices: Readonly<Record<string, readonly PriceTier[]>>
}
type Call = Extract<Receipt, { charge_micro: number }>

/**
 * Computes every figure of an export anew, from the rules that stand in it: the multiplier and list price of each call, the
 * charge of each prompt, the window of each charge. Says where a figure differs.
 */
export function recompute(lines: Iterable<string>): Recomputed {
  let head: Head | undefined
  let ended = false
  const catalogs = new Map<number, CatalogLine>()
  const calls: Call[] = []
  let serviceCalls = 0
  const promptSizes = new Map<string, number>()
  for (const text of lines) {
    if (text.trim() === '') continue
    const line = JSON.parse(text) as { kind: string } & Record<string, unknown>
    if (line.kind === 'codeplan-export') head = line as unknown as Head
    else if (line.kind === 'catalog') catalogs.set(line.version as number, line as unknown as CatalogLine)
    else if (line.kind === 'call') calls.push(line as unknown as Call)
    else if (line.kind === 'service_call') serviceCalls++
    else if (line.kind === 'prompt') promptSizes.set(line.id as string, line.calls as number)
    else if (line.kind === 'end') ended = true
  }
  if (!head)
    return {
      calls: 0,
      paidCalls: 0,
      serviceCalls: 0,
      prompts: 0,
      partialPrompts: 0,
      windows: 0,
      faults: ['the file does not begin with a codeplan-export line'],
    }
  const faults: string[] = ended ? [] : ['the file is cut off: its last line is missing']
  const terms = new Map(head.subscriptions.map((s) => [s.id, { terms: s.terms, anchor: Date.parse(s.anchor_at) }]))
  for (const call of calls) faults.push(...callFaults(call, catalogs.get(call.catalog_version)))

  const drawn = calls.filter((call) => !isPaid(call))
  const byPrompt = Map.groupBy(drawn, (call) => call.prompt.id)
  let partialPrompts = 0
  for (const [id, group] of byPrompt) {
    if (promptSizes.get(id) !== group.length) partialPrompts++
    else faults.push(...promptFaults(id, group, terms.get(group[0]?.subscription ?? '')?.terms))
  }
  const windows = new Set<string>()
  for (const call of drawn) {
    const plan = terms.get(call.subscription)
    for (const charge of call.charges) {
      windows.add(`${call.subscription} ${charge.window} ${charge.started_at}`)
      const fault = plan && windowFault(call, charge, plan)
      if (fault) faults.push(fault)
    }
  }
  return {
    calls: calls.length,
    paidCalls: calls.length - drawn.length,
    serviceCalls,
    prompts: byPrompt.size,
    partialPrompts,
    windows: windows.size,
    faults,
  }
}

const isPaid = (call: Call): boolean => call.paid_by.purse === 'balance'

function* callFaults(call: Call, catalog: CatalogLine | undefined): Generator<string> {
  if (!catalog) return yield `${call.id}: the file lacks catalog version ${call.catalog_version}`
  const due = isPaid(call)
    ? PLAIN
    : multiplierAt(
        catalog.multipliers,
        { model: call.model.served, tool: call.tool },
        instant(Date.parse(call.admitted_at)),
      )
  if (due.permille !== call.multiplier.permille || due.rule !== call.multiplier.rule) {
    yield `${call.id}: multiplier ${call.multiplier.factor} by ${call.multiplier.rule}, but the catalog says ${due.permille / 1000} by ${due.rule}`
  }
  const prices = catalog.prices[call.model.served]
  const price = prices ? (call.counted ? listPrice(prices, tokensOf(call)) : 0) : undefined
  const told = call.list_price.micros + (call.unpaid_micros ?? 0)
  if (price !== told) yield `${call.id}: list price ${told}, but its tokens cost ${price}`
  for (const window of call.windows) {
    if (Math.round((window.after - window.before) * 1_000_000) !== call.cost_micro) {
      yield `${call.id}: window ${window.id} moved by ${window.after - window.before}, but the call cost ${call.cost_micro / 1_000_000}`
    }
  }
}

/** Where the balance pays, no rule multiplies. */
const PLAIN = { permille: 1_000, rule: 'list price' }

/** The charge of a prompt does not depend on the order of its calls, so neither does this sum. */
function* promptFaults(id: string, group: readonly Call[], terms: PlanTerms | undefined): Generator<string> {
  if (!terms) return yield `${id}: the file lacks the plan terms of its subscription`
  const charged = group.reduce((sum, call) => sum + call.charge_micro, 0)
  const counting = group.filter((call) => call.counted)
  let due = 0
  if (terms.meter.kind === 'token') {
    const { meter } = terms
    due = counting.reduce((sum, call) => {
      // Where nobody counted (a crash), what was set aside is charged.
      if (call.tokens.counted_by === 'none') return sum + call.cost_micro
      return sum + tokenCharge(meter, call.model.served, tokensOf(call), call.multiplier.permille).charge
    }, 0)
  } else {
    due = promptCharge(terms.meter, countsOf(counting.map((call) => call.multiplier.permille)))
  }
  if (due !== charged)
    yield `${id}: charged ${charged / 1_000_000}, but its ${counting.length} counted calls cost ${due / 1_000_000}`
}

function windowFault(
  call: Call,
  charge: Call['charges'][number],
  plan: { readonly terms: PlanTerms; readonly anchor: number },
): string | undefined {
  const rule = plan.terms.windows.find((window) => window.id === charge.window)
  if (!rule) return `${call.id}: there is no window ${charge.window} in its plan`
  const startsAt = Date.parse(charge.started_at)
  if (rule.kind === 'anchored' && (startsAt - plan.anchor) % rule.lengthMs !== 0) {
    return `${call.id}: window ${charge.window} began at ${charge.started_at}, which is no border counted from the purchase`
  }
  return undefined
}

function tokensOf({ tokens }: Call): TokenCounts {
  return {
    inputTokens: tokens.input,
    cacheReadTokens: tokens.cache_read,
    cacheWrite5mTokens: tokens.cache_write_5m,
    cacheWrite1hTokens: tokens.cache_write_1h,
    outputTokens: tokens.output,
  }
}
