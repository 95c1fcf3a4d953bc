import { droid as recipe } from '@codeplan/contract/recipes'

import { valueAt } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
import { mergePlan, recipeEdits, serviceEdits } from './json-plan.ts'
import { NAMED, type Tool } from './tool.ts'

const isOurs = (entry: unknown): boolean => String(valueAt(entry, ['displayName']) ?? '').endsWith(`(${NAMED})`)

export const droid: Tool = {
  ...recipe,
  scopes: ['user'],
  plan: ({ droid: { settings, mcp } }, wish) => [
    mergePlan(settings, (root) => recipeEdits(recipe.files[0], wish, root)),
    ...(wish.mcp ? [mergePlan(mcp, () => serviceEdits(recipe, wish))] : []),
  ],
  steps: (wish) => [
    {
      en: `Start droid, type /model and choose ${wish.main} (Codeplan) below the custom models.`,
      zh: `启动 droid，输入 /model，在自定义模型中选择 ${wish.main}（Codeplan）。`,
    },
  ],
  start: { en: 'Start it anew: droid', zh: '重新启动：droid' },
  winners: [],
  current: ({ droid: { settings: file } }) => [
    {
      path: file,
      read: (text) => {
        const read = readJson(text)
        const list = read.ok ? valueAt(read.root, ['customModels']) : undefined
        const ours = Array.isArray(list) ? list.find(isOurs) : undefined
        if (ours === undefined) return undefined
        const at = (key: string): string => String(valueAt(ours, [key]) ?? '')
        return { file, baseUrl: at('baseUrl'), key: at('apiKey') }
      },
    },
  ],
}
