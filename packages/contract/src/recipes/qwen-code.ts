import { BASES } from './addresses.ts'
import type { Recipe } from './recipe.ts'

/** A variable of our own: OPENAI_API_KEY of the terminal does not win over it. */
export const QWEN_KEY = 'CODEPLAN_KEY'

export const qwenCode: Recipe = {
  id: 'qwen-code',
  name: 'Qwen Code',
  base: 'openai',
  files: [
    {
      name: '~/.qwen/settings.json',
      format: 'json',
      settings: (from) => [
        {
          path: ['modelProviders', 'openai'],
          value: from.models.map(({ id, name }) => ({
            id,
            name,
            baseUrl: from.host + BASES.openai,
            envKey: QWEN_KEY,
          })),
          entriesBy: ['id', 'envKey'],
        },
        { path: ['env', QWEN_KEY], value: from.key },
        { path: ['security', 'auth', 'selectedType'], value: 'openai' },
        { path: ['model', 'name'], value: from.main },
      ],
    },
  ],
  services: {
    file: '~/.qwen/settings.json',
    format: 'json',
    at: ['mcpServers'],
    shape: (httpUrl, headers) => ({ httpUrl, headers }),
  },
}
