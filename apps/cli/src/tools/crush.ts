import { BASES } from '../host.ts'
import { currentAt, mergePlan, mcpEdits } from './json-plan.ts'
import { PROVIDER } from './opencode.ts'
import type { Tool } from './tool.ts'

export const crush: Tool = {
  id: 'crush',
  name: 'Crush',
  base: 'openai',
  scopes: ['user', 'project'],
  plan: (places, wish, there) => [
    mergePlan(
      wish.scope === 'user'
        ? places.crush.user
        : (places.crush.project.findLast(there) ?? places.crush.project[0] ?? ''),
      (root) => [
        ...(Object.keys(root as object).length === 0
          ? [{ path: ['$schema'], value: 'https://charm.land/crush.json' }]
          : []),
        {
          path: ['providers', PROVIDER],
          value: {
            name: 'Codeplan',
            type: 'openai-compat',
            base_url: wish.host + BASES.openai,
            api_key: wish.key,
            models: wish.models.map(({ id, name, contextTokens, outputTokensMax }) => ({
              id,
              name,
              context_window: contextTokens,
              default_max_tokens: outputTokensMax,
              can_reason: true,
            })),
          },
        },
        { path: ['models', 'large'], value: { provider: PROVIDER, model: wish.main } },
        { path: ['models', 'small'], value: { provider: PROVIDER, model: wish.small } },
        ...mcpEdits(wish, ['mcp'], (url, headers) => ({ type: 'http', url, headers })),
      ],
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
