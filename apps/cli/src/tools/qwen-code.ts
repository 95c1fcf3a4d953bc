import { valueAt, type Edit, type Json } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
import { BASES } from '../host.ts'
import { mergePlan, mcpEdits } from './json-plan.ts'
import type { Current, Tool, Wish } from './tool.ts'

/** A variable of our own: OPENAI_API_KEY of the terminal does not win over it. */
const KEY = 'CODEPLAN_KEY'
const LIST = ['modelProviders', 'openai']

/** Its models, one entry each; entries of other providers stay. */
function models(root: Json, wish: Wish): readonly Edit[] {
  const there = valueAt(root, LIST)
  const made = wish.models.map(({ id, name }) => ({ id, name, baseUrl: wish.host + BASES.openai, envKey: KEY }))
  if (!Array.isArray(there)) return [{ path: LIST, value: made }]
  let end = there.length
  return made.map((entry) => {
    const at = there.findIndex((old: unknown) => valueAt(old, ['id']) === entry.id && valueAt(old, ['envKey']) === KEY)
    return { path: [...LIST, at < 0 ? end++ : at], value: entry }
  })
}

function read(file: string, text: string): Current | undefined {
  const found = readJson(text)
  if (!found.ok) return undefined
  const list = valueAt(found.root, LIST)
  const ours = Array.isArray(list) ? list.find((entry: unknown) => valueAt(entry, ['envKey']) === KEY) : undefined
  const [baseUrl, key] = [valueAt(ours, ['baseUrl']), valueAt(found.root, ['env', KEY])]
  return ours === undefined
    ? undefined
    : {
        file,
        baseUrl: typeof baseUrl === 'string' ? baseUrl : undefined,
        key: typeof key === 'string' ? key : undefined,
      }
}

export const qwenCode: Tool = {
  id: 'qwen-code',
  name: 'Qwen Code',
  base: 'openai',
  scopes: ['user', 'project'],
  plan: ({ qwen }, wish) => [
    mergePlan(qwen[wish.scope], (root) => [
      ...models(root, wish),
      { path: ['env', KEY], value: wish.key },
      { path: ['security', 'auth', 'selectedType'], value: 'openai' },
      { path: ['model', 'name'], value: wish.main },
      ...mcpEdits(wish, ['mcpServers'], (httpUrl, headers) => ({ httpUrl, headers })),
    ]),
  ],
  steps: () => [],
  start: { en: 'Start it anew: qwen', zh: '重新启动：qwen' },
  winners: [
    {
      name: KEY,
      harm: (value, key) =>
        value === key ? undefined : { en: 'it wins over the key in the file', zh: '它会覆盖文件中的 Key' },
    },
  ],
  current: ({ qwen }) => [qwen.user, qwen.project].map((path) => ({ path, read: (text) => read(path, text) })),
}
