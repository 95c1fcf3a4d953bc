import { valueAt, type Edit } from '../edit/change.ts'
import { readToml } from '../edit/toml.ts'
import { BASES, MCP_SERVICES } from '../host.ts'
import { PROVIDER } from './opencode.ts'
import { contextOf, type Tool, type Wish } from './tool.ts'

const edits = (wish: Wish): readonly Edit[] => [
  { path: ['model'], value: wish.main },
  { path: ['model_provider'], value: PROVIDER },
  // Of a model that it does not know Codex assumes more than that.
  { path: ['model_context_window'], value: contextOf(wish, [wish.main]) },
  ...Object.entries({
    name: 'Codeplan',
    base_url: wish.host + BASES.responses,
    wire_api: 'responses',
    experimental_bearer_token: wish.key,
  }).map(([key, value]) => ({ path: ['model_providers', PROVIDER, key], value })),
  // Either the variable or the key, not both.
  { path: ['model_providers', PROVIDER, 'env_key'], value: undefined },
  ...(wish.mcp ? MCP_SERVICES : []).flatMap(({ name, path }) => [
    { path: ['mcp_servers', name, 'url'], value: wish.host + path },
    { path: ['mcp_servers', name, 'http_headers'], value: { Authorization: `Bearer ${wish.key}` } },
  ]),
]

export const codex: Tool = {
  id: 'codex',
  name: 'Codex',
  base: 'responses',
  // It takes no provider from a project's file.
  scopes: ['user'],
  plan: ({ codex: path }, wish) => [{ path, edits: () => edits(wish) }],
  steps: () => [],
  start: { en: 'Start it anew: codex', zh: '重新启动：codex' },
  winners: [],
  current: ({ codex: file }) => [
    {
      path: file,
      read: (text) => {
        const read = readToml(text)
        if (!read.ok) return undefined
        const at = (key: string): string | undefined => {
          const value = valueAt(read.root, ['model_providers', PROVIDER, key])
          return typeof value === 'string' ? value : undefined
        }
        return at('base_url') === undefined
          ? undefined
          : { file, baseUrl: at('base_url'), key: at('experimental_bearer_token') }
      },
    },
  ],
}
