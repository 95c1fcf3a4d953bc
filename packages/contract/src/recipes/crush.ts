import { BASES } from './addresses.ts'
import { PROVIDER, type Recipe } from './recipe.ts'

export const crush: Recipe = {
  id: 'crush',
  name: 'Crush',
  base: 'openai',
  files: [
    {
      name: '~/.config/crush/crush.json',
      format: 'json',
      schema: 'https://charm.land/crush.json',
      settings: (from) => [
        {
          path: ['providers', PROVIDER],
          value: {
            name: from.provider,
            type: 'openai-compat',
            base_url: from.host + BASES.openai,
            api_key: from.key,
            models: from.models.map(({ id, name, contextTokens, outputTokensMax }) => ({
              id,
              name,
              context_window: contextTokens,
              default_max_tokens: outputTokensMax,
              can_reason: true,
            })),
          },
        },
        { path: ['models', 'large'], value: { provider: PROVIDER, model: from.main } },
        { path: ['models', 'small'], value: { provider: PROVIDER, model: from.small } },
      ],
    },
  ],
  services: {
    file: '~/.config/crush/crush.json',
    format: 'json',
    at: ['mcp'],
    shape: (url, headers) => ({ type: 'http', url, headers }),
  },
}
