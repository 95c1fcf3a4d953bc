import { valueAt } from '../edit/change.ts'
import { editToml, readToml, type TomlEdit } from '../edit/toml.ts'
import { BASES, MCP_SERVICES } from '../host.ts'
import { PROVIDER } from './opencode.ts'
import type { Tool, Wish } from './tool.ts'

const edits = (wish: Wish): readonly TomlEdit[] => [
  { table: [], key: 'model', value: wish.main },
  { table: [], key: 'model_provider', value: PROVIDER },
  ...Object.entries({
    name: 'Codeplan',
    base_url: wish.host + BASES.responses,
    wire_api: 'responses',
    experimental_bearer_token: wish.key,
  }).map(([key, value]) => ({ table: ['model_providers', PROVIDER], key, value })),
  // Either the variable or the key, not both.
  { table: ['model_providers', PROVIDER], key: 'env_key', value: undefined },
  ...(wish.mcp ? MCP_SERVICES : []).flatMap(({ name, path }) => [
    { table: ['mcp_servers', name], key: 'url', value: wish.host + path },
    { table: ['mcp_servers', name], key: 'http_headers', value: { Authorization: `Bearer ${wish.key}` } },
  ]),
]

export const codex: Tool = {
  id: 'codex',
  name: 'Codex',
  base: 'responses',
  // It takes no provider from a project's file.
  scopes: ['user'],
  plan: ({ codex: path }, wish) => [{ path, change: (text) => editToml(text, edits(wish)) }],
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
