import { parseArgs } from 'node:util'

import type { Answer } from '../../apps/server/src/commands/command.ts'
import { findCommand } from '../../apps/server/src/commands/list.ts'
import type { House } from './house.ts'

/** Runs a command of the operator in the house, as a running server does that is handed one. */
export async function runCommandIn(house: House, ...line: string[]): Promise<Answer> {
  const found = findCommand(line)
  if (!found) throw new Error(`no command ${line.join(' ')}`)
  const options = Object.fromEntries(
    Object.entries(found.command.options ?? {}).map(([name, type]) => [name, { type }]),
  )
  const { values, positionals } = parseArgs({ args: found.rest, options, allowPositionals: true })
  const answer = await found.command.run(house.rooms, {
    words: positionals,
    options: values as never,
    input: undefined,
  })
  return answer
}
