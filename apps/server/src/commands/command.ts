import { audit, memberByEmail } from '../identity/index.ts'
import type { Rooms } from '../rooms.ts'

/** What a command answers: `data` for `--json`, `text` for people. */
export type Answer =
  | { readonly ok: true; readonly data: unknown; readonly text: string }
  | { readonly ok: false; readonly why: string }

export interface Args {
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, string | boolean>>
  /** Content of the file that the command reads, if it reads one: the server may not see the caller's folder. */
  readonly input: string | undefined
}

/** One command of the operator. It runs where the rooms are: in the running server, or in this process without one. */
export interface Command {
  readonly name: string
  /** What follows the name, for the help: `<email> <plan> [--months n]`. */
  readonly usage: string
  readonly does: string
  readonly words: { readonly min: number; readonly max: number }
  readonly options?: Readonly<Record<string, 'string' | 'boolean'>>
  /** The file that the caller reads for it, given its words. */
  readonly inputFile?: (args: Pick<Args, 'words'>, defaults: { readonly catalogFile: string }) => string
  /** It changes something in the operator's name: written to the audit log when it has done so. */
  readonly audited?: true
  readonly run: (rooms: Rooms, args: Args) => Promise<Answer>
}

/** Who is meant by deeds that no session did. */
export const COMMAND_LINE = 'command line'

/** Runs a command where the rooms are. */
export async function runCommand(rooms: Rooms, command: Command, args: Args): Promise<Answer> {
  const answer = await command.run(rooms, args)
  if (answer.ok && command.audited) {
    const [first] = args.words
    const member = first?.includes('@') ? await memberByEmail(rooms.db.queries, first) : undefined
    const deed = { who: COMMAND_LINE, address: '', action: command.name, whom: member?.id ?? first }
    await rooms.db.tx((tx) => audit(tx, { ...deed, after: { words: args.words, ...args.options } }, rooms.clock.now()))
  }
  return answer
}

export const answer = (data: unknown, text: string): Answer => ({ ok: true, data, text })
export const wrong = (why: string): Answer => ({ ok: false, why })

export function wholeNumber(value: string | boolean | undefined, fallback: number): number | undefined {
  if (value === undefined) return fallback
  const number = Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
