import { BASES } from './addresses.ts'
import type { Recipe } from './recipe.ts'

export const droid: Recipe = {
  id: 'droid',
  name: 'Droid',
  base: 'openai',
  files: [
    {
      name: '~/.factory/settings.json',
      format: 'json',
      settings: (from) => [
        {
          path: ['customModels'],
          value: from.models.map(({ id, name, outputTokensMax }) => ({
            model: id,
            displayName: `${name} (${from.provider})`,
            baseUrl: from.host + BASES.openai,
            apiKey: from.key,
            provider: 'generic-chat-completion-api',
            maxOutputTokens: outputTokensMax,
          })),
          entriesBy: ['model', 'displayName'],
        },
      ],
    },
  ],
  services: {
    file: '~/.factory/mcp.json',
    format: 'json',
    at: ['mcpServers'],
    shape: (url, headers) => ({ type: 'http', url, headers }),
  },
}
