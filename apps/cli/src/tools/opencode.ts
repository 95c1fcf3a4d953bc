import { PROVIDER, kilo as kiloRecipe, opencode as openCodeRecipe, type Recipe } from '@codeplan/contract/recipes'

import type { Places } from '../places.ts'
import { currentAt, mergePlan, recipeEdits, serviceEdits } from './json-plan.ts'
import type { Tool } from './tool.ts'

/** OpenCode, and Kilo Code, which is made of it and reads the same file under its own name. */
function ofItsKind(recipe: Recipe, id: 'opencode' | 'kilo'): Tool {
  return {
    ...recipe,
    scopes: ['user', 'project'],
    plan: (places, wish, there) => [
      mergePlan(fileOf(places[id][wish.scope], there), (root) => [
        ...recipeEdits(recipe.files[0], wish, root),
        ...serviceEdits(recipe, wish),
      ]),
    ],
    steps: () => [],
    start: { en: `Start it anew: ${id}`, zh: `重新启动：${id}` },
    winners: [],
    current: (places: Places) =>
      [...places[id].user, ...places[id].project].map((file) =>
        currentAt(file, ['provider', PROVIDER, 'options', 'baseURL'], ['provider', PROVIDER, 'options', 'apiKey']),
      ),
  }
}

/** The one that is there; of two the second, which is read later and wins. */
const fileOf = (files: readonly string[], there: (path: string) => boolean): string =>
  files.findLast(there) ?? files[0] ?? ''

export const opencode = ofItsKind(openCodeRecipe, 'opencode')
export const kilo = ofItsKind(kiloRecipe, 'kilo')
