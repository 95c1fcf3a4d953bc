import type { Base } from './addresses.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type Path = readonly (string | number)[]
export interface Text {
  readonly en: string
  readonly zh: string
}

export const SLOTS = ['opus', 'sonnet', 'haiku'] as const
export type Slot = (typeof SLOTS)[number]

export interface ModelFacts {
  readonly id: string
  readonly name: string
  readonly contextTokens: number
  readonly outputTokensMax: number
}

/** What a configuration is made of. */
export interface Ingredients {
  /** Without a slash at its end. */
  readonly host: string
  readonly key: string
  /** What the tool calls the plan. */
  readonly provider: string
  /** Those that the tool is told of, the one to begin with first. */
  readonly models: readonly ModelFacts[]
  /** For Claude Code, which knows its models by these names. */
  readonly slots: Readonly<Record<Slot, string>>
  /** For tools with one model and a small one for titles and the like. */
  readonly main: string
  readonly small: string
}

/** A value at its place in a file. With `entriesBy` it is entries of a list, beside those of others; ours are known by these keys. */
export type Setting =
  | { readonly path: Path; readonly value: Json }
  | { readonly path: Path; readonly value: readonly Json[]; readonly entriesBy: readonly string[] }

export interface RecipeFile {
  /** As people write it; on Windows `~` is the user's folder. */
  readonly name: string
  readonly format: 'json' | 'toml'
  /** What a new file names at its top, for editors. */
  readonly schema?: string
  readonly settings: (from: Ingredients) => readonly Setting[]
}

/** A field of the tool's own window. */
export interface Field {
  readonly label: Text
  readonly value: string
}

/** How a tool is told of the plan. Tools are called as the catalog calls them. */
export interface Recipe {
  readonly id: string
  readonly name: string
  readonly base: Base
  /** None where only its own window writes. */
  readonly files: readonly RecipeFile[]
  readonly terminal?: (from: Ingredients) => readonly string[]
  readonly form?: { readonly where: Text; readonly fields: (from: Ingredients) => readonly Field[] }
  /** How it takes the services beside the models: in a file, or in its window, where `type` is what it calls their transport. */
  readonly services:
    | {
        readonly file: string
        readonly format: 'json' | 'toml'
        readonly at: Path
        readonly shape: (url: string, headers: { readonly Authorization: string }) => Json
      }
    | { readonly where: Text; readonly type: string }
}

/** How much a model takes, of which the tool would assume something else: of several the least. */
export const contextOf = ({ models }: Pick<Ingredients, 'models'>, ids: readonly string[]): number =>
  Math.min(...models.filter(({ id }) => ids.includes(id)).map(({ contextTokens }) => contextTokens))

/** The provider's id in files of tools where one can be chosen. */
export const PROVIDER = 'codeplan'
