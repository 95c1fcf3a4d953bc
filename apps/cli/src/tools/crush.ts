import { crush as recipe, PROVIDER } from '@codeplan/contract/recipes'

import { currentAt, mergePlan, recipeEdits, serviceEdits } from './json-plan.ts'
import type { Tool } from './tool.ts'

export const crush: Tool = {
  ...recipe,
  scopes: ['user', 'project'],
  plan: (places, wish, there) => [
    mergePlan(
      wish.scope === 'user'
        ? places.crush.user
        : (places.crush.project.findLast(there) ?? places.crush.project[0] ?? ''),
      (root) => [...recipeEdits(recipe.files[0], wish, root), ...serviceEdits(recipe, wish)],
    ),
  ],
  steps: () => [],
  start: {
    en: 'Start it anew: crush. A crushrc in the same folder wins over this file.',
    zh: '重新启动：crush。同一目录下的 crushrc 会覆盖此文件。',
  },
  winners: [],
  current: ({ crush: { user, project } }) =>
    [user, ...project].map((file) =>
      currentAt(file, ['providers', PROVIDER, 'base_url'], ['providers', PROVIDER, 'api_key']),
    ),
}
