import { BASES } from './addresses.ts'
import { PROVIDER, type Ingredients, type Json, type Recipe } from './recipe.ts'

/** OpenCode, and Kilo Code, which is made of it and reads the same file under its own name. */
const ofItsKind = (id: 'opencode' | 'kilo', name: string, schema: string): Recipe => ({
  id,
  name,
  base: 'openai',
  files: [
    {
      name: `~/.config/${id}/${id}.json`,
      format: 'json',
      schema,
      settings: (from) => [
        { path: ['model'], value: `${PROVIDER}/${from.main}` },
        { path: ['small_model'], value: `${PROVIDER}/${from.small}` },
        { path: ['provider', PROVIDER], value: provider(from) },
      ],
    },
  ],
  services: {
    file: `~/.config/${id}/${id}.json`,
    format: 'json',
    at: ['mcp'],
    shape: (url, headers) => ({ type: 'remote', url, enabled: true, headers }),
  },
})

const provider = (from: Ingredients): Json => ({
  npm: '@ai-sdk/openai-compatible',
  name: from.provider,
  options: { baseURL: from.host + BASES.openai, apiKey: from.key },
  models: Object.fromEntries(
    from.models.map(({ id, name, contextTokens, outputTokensMax }) => [
      id,
      { name, tool_call: true, reasoning: true, limit: { context: contextTokens, output: outputTokensMax } },
    ]),
  ),
})

export const opencode = ofItsKind('opencode', 'OpenCode', 'https://opencode.ai/config.json')
export const kilo = ofItsKind('kilo', 'Kilo Code', 'https://kilo.ai/config.json')
