import { wallText, instant } from '@codeplan/core'

import {
  serviceCallById,
  type ServiceCallRow,
  eventById,
  holdById,
  promptCalls,
  type Admission,
  type EventRow,
  type Purse,
} from '../entitlements/index.ts'
import { answer, wrong, type Command } from './command.ts'

const inPrompts = (micro: number): string => `${micro / 1_000_000}`

/** Why was this call counted so? In one screen, from what was stored when it was decided. */
export const explain: Command = {
  name: 'explain',
  usage: '<request id>',
  does: 'tells how a call was counted and why',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [id = ''] }) => {
    // The hold first: a call that is settled between the two reads is then found as its event.
    const hold = await holdById(rooms.db.queries, id)
    const event = await eventById(rooms.db.queries, id)
    const admission = event?.details.admission ?? hold?.admission
    const service = admission ? undefined : await serviceCallById(rooms.db.queries, id)
    if (service) return answer({ service_call: service }, tellService(service, rooms.catalog.current().operator.zone))
    if (!admission) return wrong(`no call ${id}: the id stands in the x-request-id header of its answer`)
    const { zone, currency } = rooms.catalog.current().operator
    if (admission.purse.kind === 'balance')
      return answer(
        { admission, event: event ?? null },
        tellPaid(admission, admission.purse, event, { zone, currency }),
      )
    const calls = await promptCalls(rooms.db.queries, admission.promptId)
    return answer({ admission, event: event ?? null, prompt: summary(calls) }, tell(admission, event, calls, zone))
  },
}

function tellService(call: ServiceCallRow, zone: string): string {
  const ending = typeof call.details.ending === 'string' ? call.details.ending : 'it runs'
  const paid =
    call.plan === null ? `the balance: ${call.price / 1e8} ${call.currency}` : `plan ${call.plan}, one of its calls`
  return [
    `call      ${call.id}, ${wallText(zone, instant(call.taken_at))} (${zone})`,
    `service   ${call.service}, ${call.path}`,
    `paid by   ${paid}${call.counted === false ? '; given back, it came to no answer' : ''}`,
    `ending    ${ending}`,
  ].join('\n')
}

function summary(calls: readonly EventRow[]) {
  return { calls: calls.length, charge_micro: calls.reduce((sum, call) => sum + call.charge, 0) }
}

/** The rule of the charge with this prompt's own figures: the dearest call, or the sum shared by those one prompt covers. */
function because(calls: readonly EventRow[]): string {
  const counted = calls.filter((call) => call.billable)
  if (counted.length === 0) return 'none of its calls counts'
  const dearest = Math.max(...counted.map((call) => call.multiplier)) / 1000
  const sum = counted.reduce((total, call) => total + call.multiplier, 0) / 1000
  return `the greater of its dearest call (${dearest}×) and the sum of its ${counted.length} counted calls (${sum}×) shared by the calls that one prompt covers`
}

const POLICIES = {
  observe: 'no rule knows it; the plan lets every tool in',
  lower_priority: 'no rule knows it; the plan gives it half the weight when it waits',
  spared: 'no rule knows it; let in because the rules would have refused too many known members',
} as const

function why({ toolRule, toolPolicy }: Admission): string {
  if (toolPolicy) return POLICIES[toolPolicy]
  return toolRule === null ? 'no rule knows it' : `by its ${toolRule}`
}

const head = (admission: Admission, zone: string): string[] => [
  `call      ${admission.id}, ${wallText(zone, instant(admission.admittedAt))} (${zone})`,
  `tool      ${admission.tool} (${why(admission)}), ${admission.path}`,
  `model     asked ${admission.modelAsked}, served ${admission.model}`,
]

function endOf(event: EventRow): string[] {
  const { tokensFrom, totalMs } = event.details
  const tokens = `${event.input_tokens + event.cache_read_tokens} in (${event.cache_read_tokens} cached), ${event.output_tokens} out`
  return [
    `ended     ${event.ending} after ${totalMs} ms, ${event.billable ? 'counts' : 'does not count'}`,
    `tokens    ${tokens}, by ${tokensFrom}; ${(event.list_price / 1e8).toFixed(6)} at list price`,
  ]
}

function tellPaid(
  admission: Admission,
  purse: Extract<Purse, { kind: 'balance' }>,
  event: EventRow | undefined,
  { zone, currency }: { readonly zone: string; readonly currency: string },
): string {
  const money = (micros: number): string => `${(micros / 1e8).toFixed(6)} ${currency}`
  const why =
    purse.overflow === undefined
      ? 'this address is paid by the balance'
      : `window ${purse.overflow} was full, overflow is on`
  const unpaid = event?.details.unpaid
  return [
    ...head(admission, zone),
    `paid by   the balance: ${why}; ${money(purse.reserve)} set aside when it began`,
    ...(event ? [...endOf(event), `charged   ${money(event.list_price)}`] : ['ended     not yet']),
    ...(unpaid === undefined ? [] : [`unpaid    ${money(unpaid)}: the balance had no more`]),
  ].join('\n')
}

function tell(admission: Admission, event: EventRow | undefined, calls: readonly EventRow[], zone: string): string {
  const factor = admission.multiplier / 1000
  const { calls: count, charge_micro: charge } = summary(calls)
  const lines = [
    ...head(admission, zone),
    `prompt    ${admission.promptId}: ${admission.promptReason} (${admission.mark})`,
    `factor    ${factor}× by rule ${admission.multiplierRule} of catalog version ${admission.catalogVersion}`,
    `cost      ${inPrompts(admission.cost)} prompts when it began`,
  ]
  if (event) {
    const [ended, tokens] = endOf(event)
    lines.push(`${ended}: ${inPrompts(event.charge)} prompts`, String(tokens))
  } else lines.push('ended     not yet')
  lines.push(`so far    its prompt has ${count} calls and costs ${inPrompts(charge)} prompts: ${because(calls)}`)
  for (const window of admission.windows) {
    const ends = wallText(zone, instant(window.resetsAt))
    lines.push(
      `window    ${window.id}: ${inPrompts(window.before)} → ${inPrompts(window.after)} of ${inPrompts(window.allowance)}, resets ${ends}`,
    )
  }
  return lines.join('\n')
}
