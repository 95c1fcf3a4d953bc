import { BASES } from './addresses.ts'
import { contextOf, PROVIDER, type Recipe } from './recipe.ts'

export const codex: Recipe = {
  id: 'codex',
  name: 'Codex',
  base: 'responses',
  files: [
    {
      name: '~/.codex/config.toml',
      format: 'toml',
      settings: (from) => [
        { path: ['model'], value: from.main },
        { path: ['model_provider'], value: PROVIDER },
        // Of a model that it does not know Codex assumes more than that.
        { path: ['model_context_window'], value: contextOf(from, [from.main]) },
        ...Object.entries({
          name: from.provider,
          base_url: from.host + BASES.responses,
          wire_api: 'responses',
          experimental_bearer_token: from.key,
        }).map(([key, value]) => ({ path: ['model_providers', PROVIDER, key], value })),
      ],
    },
  ],
  services: {
    file: '~/.codex/config.toml',
    format: 'toml',
    at: ['mcp_servers'],
    shape: (url, headers) => ({ url, http_headers: headers }),
  },
}
