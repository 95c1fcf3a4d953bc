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
  readonly run: (rooms: Rooms, args: Args) => Promise<Answer>
}

export const answer = (data: unknown, text: string): Answer => ({ ok: true, data, text })
export const wrong = (why: string): Answer => ({ ok: false, why })

export function wholeNumber(value: string | boolean | undefined, fallback: number): number | undefined {
  if (value === undefined) return fallback
  const number = Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
