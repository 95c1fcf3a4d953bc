import type { Ingredients, Recipe } from '@codeplan/contract/recipes'

import type { Edit, Json } from '../edit/change.ts'
import type { Places } from '../places.ts'
import type { Text } from '../world.ts'

export type Scope = 'user' | 'project'

/** What tools call the plan; ours are known by it. */
export const NAMED = 'Codeplan'

/** What somebody wants set up; of models all that the plan may use. */
export interface Wish extends Ingredients {
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

/** A recipe, and what the command needs beside it: where its files lie here, what must go, and how they are read back. */
export interface Tool extends Recipe {
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
