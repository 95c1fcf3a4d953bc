import { codex as recipe, PROVIDER } from '@codeplan/contract/recipes'

import { isObject, valueAt, type Edit } from '../edit/change.ts'
import { readToml } from '../edit/toml.ts'
import { recipeEdits, serviceEdits } from './json-plan.ts'
import type { Tool } from './tool.ts'

/** A table is written key by key, under its own header. */
const byKey = ({ path, value }: Edit): readonly Edit[] =>
  isObject(value) ? Object.entries(value).map(([key, inner]) => ({ path: [...path, key], value: inner })) : []

export const codex: Tool = {
  ...recipe,
  // It takes no provider from a project's file.
  scopes: ['user'],
  plan: ({ codex: path }, wish) => [
    {
      path,
      edits: (root) => [
        ...recipeEdits(recipe.files[0], wish, root),
        // Either the variable or the key, not both.
        { path: ['model_providers', PROVIDER, 'env_key'], value: undefined },
        ...serviceEdits(recipe, wish).flatMap(byKey),
      ],
    },
  ],
  steps: () => [],
  start: { en: 'Start it anew: codex', zh: '重新启动：codex' },
  winners: [],
  current: ({ codex: file }) => [
    {
      path: file,
      read: (text) => {
        const read = readToml(text)
        if (!read.ok) return undefined
        const at = (key: string): string | undefined => {
          const value = valueAt(read.root, ['model_providers', PROVIDER, key])
          return typeof value === 'string' ? value : undefined
        }
        return at('base_url') === undefined
          ? undefined
          : { file, baseUrl: at('base_url'), key: at('experimental_bearer_token') }
      },
    },
  ],
}
