import { claudeCode as recipe } from '@codeplan/contract/recipes'

import type { Edit, Json } from '../edit/change.ts'
import { currentAt, mergePlan, recipeEdits, serviceEdits } from './json-plan.ts'
import type { Tool, Winner, Wish } from './tool.ts'

/** These in the same `env` would send it elsewhere, or make it send two keys. */
const IN_THE_WAY = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
]

const settings = (root: Json, wish: Wish): readonly Edit[] => [
  ...recipeEdits(recipe.files[0], wish, root),
  ...IN_THE_WAY.map((name) => ({ path: ['env', name], value: undefined })),
  ...(wish.statusline
    ? [{ path: ['statusLine'], value: { type: 'command', command: wish.statusline, padding: 0 } }]
    : []),
]

const state = (root: Json, wish: Wish, cwd: string): readonly Edit[] => [
  ...recipeEdits(recipe.files[1], wish, root),
  ...serviceEdits(recipe, wish, wish.scope === 'user' ? undefined : ['projects', cwd, 'mcpServers']),
]

const other =
  (what: string, whatZh: string): Winner['harm'] =>
  () => ({ en: what, zh: whatZh })

export const claudeCode: Tool = {
  ...recipe,
  scopes: ['user', 'project'],
  plan: ({ claude, cwd }, wish) => [
    mergePlan(wish.scope === 'user' ? claude.settings : claude.projectSettings, (root) => settings(root, wish)),
    mergePlan(claude.state, (root) => state(root, wish, cwd)),
  ],
  steps: () => [],
  start: { en: 'Start it anew: claude', zh: '重新启动：claude' },
  winners: [
    {
      name: 'ANTHROPIC_API_KEY',
      harm: other('it is sent beside the key of the plan', '它会与套餐 Key 一同发送'),
    },
    { name: 'ANTHROPIC_MODEL', harm: other('it wins over the models chosen here', '它会覆盖此处选择的模型') },
    {
      name: 'ANTHROPIC_SMALL_FAST_MODEL',
      harm: other('it wins over the small model chosen here', '它会覆盖此处选择的小模型'),
    },
    { name: 'CLAUDE_CODE_USE_BEDROCK', harm: other('it sends calls to another service', '它会把调用发往其他服务') },
    { name: 'CLAUDE_CODE_USE_VERTEX', harm: other('it sends calls to another service', '它会把调用发往其他服务') },
  ],
  current: ({ claude }) =>
    [claude.settings, claude.projectSettings].map((file) =>
      currentAt(file, ['env', 'ANTHROPIC_BASE_URL'], ['env', 'ANTHROPIC_AUTH_TOKEN']),
    ),
}
