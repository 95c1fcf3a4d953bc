import { QWEN_KEY, qwenCode as recipe } from '@codeplan/contract/recipes'

import { valueAt } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
import { mergePlan, recipeEdits, serviceEdits } from './json-plan.ts'
import type { Current, Tool } from './tool.ts'

const LIST = ['modelProviders', 'openai']

function read(file: string, text: string): Current | undefined {
  const found = readJson(text)
  if (!found.ok) return undefined
  const list = valueAt(found.root, LIST)
  const ours = Array.isArray(list) ? list.find((entry: unknown) => valueAt(entry, ['envKey']) === QWEN_KEY) : undefined
  const [baseUrl, key] = [valueAt(ours, ['baseUrl']), valueAt(found.root, ['env', QWEN_KEY])]
  return ours === undefined
    ? undefined
    : {
        file,
        baseUrl: typeof baseUrl === 'string' ? baseUrl : undefined,
        key: typeof key === 'string' ? key : undefined,
      }
}

export const qwenCode: Tool = {
  ...recipe,
  scopes: ['user', 'project'],
  plan: ({ qwen }, wish) => [
    mergePlan(qwen[wish.scope], (root) => [...recipeEdits(recipe.files[0], wish, root), ...serviceEdits(recipe, wish)]),
  ],
  steps: () => [],
  start: { en: 'Start it anew: qwen', zh: '重新启动：qwen' },
  winners: [
    {
      name: QWEN_KEY,
      harm: (value, key) =>
        value === key ? undefined : { en: 'it wins over the key in the file', zh: '它会覆盖文件中的 Key' },
    },
  ],
  current: ({ qwen }) => [qwen.user, qwen.project].map((path) => ({ path, read: (text) => read(path, text) })),
}
