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
  const { calls, prompts, partialPrompts, windows, faults } = result
  const partial = partialPrompts > 0 ? ` (${partialPrompts} of them reach beyond the period and were not judged)` : ''
  const counted = `${calls} calls, ${prompts} prompts${partial}, ${windows} windows`
  if (faults.length > 0)
    return wrong([`${faults.length} figures differ in ${counted}:`, ...faults.slice(0, FAULTS_SHOWN)].join('\n  '))
  return answer(
    { ok: true, calls, prompts, partial_prompts: partialPrompts, windows },
    `every figure agrees: ${counted}`,
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
