import type { Edit, Json } from '../edit/change.ts'
import type { Base } from '../host.ts'
import type { Places } from '../places.ts'
import type { Text } from '../world.ts'

export type Scope = 'user' | 'project'
export const SLOTS = ['opus', 'sonnet', 'haiku'] as const
export type Slot = (typeof SLOTS)[number]

export interface ModelFacts {
  readonly id: string
  readonly name: string
  readonly contextTokens: number
  readonly outputTokensMax: number
}

/** What somebody wants set up. */
export interface Wish {
  readonly host: string
  readonly key: string
  /** All that the plan may use, the one to begin with first. */
  readonly models: readonly ModelFacts[]
  /** For Claude Code, which knows its models by these names. */
  readonly slots: Readonly<Record<Slot, string>>
  /** For tools with one model and a small one for titles and the like. */
  readonly main: string
  readonly small: string
  readonly mcp: boolean
  /** The command of Claude Code's status line; undefined where none is wanted. */
  readonly statusline: string | undefined
  readonly scope: Scope
}

/** A file, and the values that it gets. */
export interface FilePlan {
  readonly path: string
  readonly edits: (root: Json) => readonly Edit[]
}

/** What a tool's files say now: of a base URL and a key in them. */
export interface Current {
  readonly file: string
  readonly baseUrl: string | undefined
  readonly key: string | undefined
}

/** A variable of the terminal that wins over the file, or joins it to ill effect. */
export interface Winner {
  readonly name: string
  /** Undefined: this value does no harm beside this key. */
  readonly harm: (value: string, key: string) => Text | undefined
}

export interface Tool {
  readonly id: string
  readonly name: string
  readonly base: Base
  readonly scopes: readonly Scope[]
  /** Nothing: its settings lie where only its own window writes. */
  readonly plan: (places: Places, wish: Wish, there: (path: string) => boolean) => readonly FilePlan[]
  /** What is left to do by hand, with every value. */
  readonly steps: (wish: Wish, places: Places) => readonly Text[]
  /** How it is started then. */
  readonly start: Text
  readonly winners: readonly Winner[]
  /** The files in which it would be configured, and what they say. */
  readonly current: (
    places: Places,
  ) => readonly { readonly path: string; readonly read: (text: string) => Current | undefined }[]
}

/** How much a model takes, of which the tool would assume something else: of several the least. */
export const contextOf = ({ models }: Pick<Wish, 'models'>, ids: readonly string[]): number =>
  Math.min(...models.filter(({ id }) => ids.includes(id)).map(({ contextTokens }) => contextTokens))
