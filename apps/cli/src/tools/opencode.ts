import type { Json } from '../edit/change.ts'
import { BASES } from '../host.ts'
import { currentAt, mergePlan, mcpEdits } from './json-plan.ts'
import type { Places } from '../places.ts'
import type { Tool, Wish } from './tool.ts'

/** The provider's id in files of tools where one can be chosen. */
export const PROVIDER = 'codeplan'

/** OpenCode, and Kilo Code, which is made of it and reads the same file under its own name. */
function ofItsKind(id: 'opencode' | 'kilo', name: string, schema: string, command: string): Tool {
  return {
    id,
    name,
    base: 'openai',
    scopes: ['user', 'project'],
    plan: (places, wish, there) => [
      mergePlan(fileOf(places[id][wish.scope], there), (root) => [
        ...(Object.keys(root as object).length === 0 ? [{ path: ['$schema'], value: schema }] : []),
        { path: ['model'], value: `${PROVIDER}/${wish.main}` },
        { path: ['small_model'], value: `${PROVIDER}/${wish.small}` },
        { path: ['provider', PROVIDER], value: provider(wish) },
        ...mcpEdits(wish, ['mcp'], (url, headers) => ({ type: 'remote', url, enabled: true, headers })),
      ]),
    ],
    steps: () => [],
    start: { en: `Start it anew: ${command}`, zh: `重新启动：${command}` },
    winners: [],
    current: (places: Places) =>
      [...places[id].user, ...places[id].project].map((file) =>
        currentAt(file, ['provider', PROVIDER, 'options', 'baseURL'], ['provider', PROVIDER, 'options', 'apiKey']),
      ),
  }
}

/** The one that is there; of two the second, which is read later and wins. */
const fileOf = (files: readonly string[], there: (path: string) => boolean): string =>
  files.findLast(there) ?? files[0] ?? ''

const provider = (wish: Wish): Json => ({
  npm: '@ai-sdk/openai-compatible',
  name: 'Codeplan',
  options: { baseURL: wish.host + BASES.openai, apiKey: wish.key },
  models: Object.fromEntries(
    wish.models.map(({ id, name, contextTokens, outputTokensMax }) => [
      id,
      { name, tool_call: true, reasoning: true, limit: { context: contextTokens, output: outputTokensMax } },
    ]),
  ),
})

export const opencode = ofItsKind('opencode', 'OpenCode', 'https://opencode.ai/config.json', 'opencode')
export const kilo = ofItsKind('kilo', 'Kilo Code', 'https://kilo.ai/config.json', 'kilo')
