import { recompute } from '../usage/index.ts'
import { answer, wrong, type Answer, type Command } from './command.ts'

const FAULTS_SHOWN = 50

/** Needs no database: everything it compares with stands in the file. */
export function recomputeFile(text: string): Answer {
  let result
  try {
    result = recompute(text.split('\n'))
  } catch (error) {
    return wrong(`the file is not an export in JSON lines: ${(error as Error).message}`)
  }
  const { calls, paidCalls, serviceCalls, prompts, partialPrompts, windows, faults } = result
  const partial = partialPrompts > 0 ? ` (${partialPrompts} of them reach beyond the period and were not judged)` : ''
  const paid = paidCalls > 0 ? ` (${paidCalls} of them paid by the balance)` : ''
  const counted = `${calls} calls${paid}, ${prompts} prompts${partial}, ${windows} windows`
  const services =
    serviceCalls > 0
      ? `; beside them ${serviceCalls} calls of services, which have one price each and nothing to compute`
      : ''
  if (faults.length > 0)
    return wrong([`${faults.length} figures differ in ${counted}:`, ...faults.slice(0, FAULTS_SHOWN)].join('\n  '))
  return answer(
    {
      ok: true,
      calls,
      paid_by_balance: paidCalls,
      prompts,
      partial_prompts: partialPrompts,
      windows,
      service_calls: serviceCalls,
    },
    `every figure agrees: ${counted}${services}`,
  )
}

export const recomputeCommand: Command = {
  name: 'recompute',
  usage: '<file>',
  does: 'computes every figure of an export anew and says where one differs',
  words: { min: 1, max: 1 },
  inputFile: ({ words: [file = ''] }) => file,
  run: async (_, { input = '' }) => recomputeFile(input),
}
