/** What is said to people, in both languages: chosen once, at the edge. */
export interface Text {
  readonly en: string
  readonly zh: string
}
export type Language = keyof Text

export type Env = Readonly<Record<string, string | undefined>>

/** Everything outside: `main.ts` makes the real one, tests make theirs. */
export interface World {
  readonly platform: NodeJS.Platform
  readonly env: Env
  readonly home: string
  readonly cwd: string
  /** The script that runs: what a status line starts. */
  readonly script: string
  readonly now: () => number
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly colour: boolean
  readonly columns: number
  /** All of standard input. */
  readonly input: () => Promise<string>
  /** Undefined where nobody sits at a terminal. */
  readonly ask: Ask | undefined
}

export interface Ask {
  readonly line: (question: string) => Promise<string>
  /** What is typed is not shown. */
  readonly hidden: (question: string) => Promise<string>
}

/** Exit codes: scripts rely on them, and the help tells them. */
export const EXIT = {
  ok: 0,
  faults: 1,
  wrongUse: 2,
  keyRefused: 3,
  unreachable: 4,
  fileRefused: 5,
  declined: 6,
} as const
export type Exit = (typeof EXIT)[keyof typeof EXIT]

/** An expected end of a command that could not do what it was asked to. */
export class Stop extends Error {
  readonly exit: Exit
  readonly says: Text

  constructor(exit: Exit, says: Text) {
    super(says.en)
    this.exit = exit
    this.says = says
  }
}
