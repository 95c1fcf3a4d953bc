import { valueAt, type Edit, type Json } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
import { BASES } from '../host.ts'
import { mergePlan, mcpEdits } from './json-plan.ts'
import type { Tool, Wish } from './tool.ts'

const NAMED = 'Codeplan'
const isOurs = (entry: unknown): boolean => String(valueAt(entry, ['displayName']) ?? '').endsWith(`(${NAMED})`)

function models(root: Json, wish: Wish): readonly Edit[] {
  const there = valueAt(root, ['customModels'])
  const made = wish.models.map(({ id, name, outputTokensMax }) => ({
    model: id,
    displayName: `${name} (${NAMED})`,
    baseUrl: wish.host + BASES.openai,
    apiKey: wish.key,
    provider: 'generic-chat-completion-api',
    maxOutputTokens: outputTokensMax,
  }))
  if (!Array.isArray(there)) return [{ path: ['customModels'], value: made }]
  let end = there.length
  return made.map((entry) => {
    const at = there.findIndex((old: unknown) => isOurs(old) && valueAt(old, ['model']) === entry.model)
    return { path: ['customModels', at < 0 ? end++ : at], value: entry }
  })
}

export const droid: Tool = {
  id: 'droid',
  name: 'Droid',
  base: 'openai',
  scopes: ['user'],
  plan: ({ droid: { settings, mcp } }, wish) => [
    mergePlan(settings, (root) => models(root, wish)),
    ...(wish.mcp
      ? [mergePlan(mcp, () => mcpEdits(wish, ['mcpServers'], (url, headers) => ({ type: 'http', url, headers })))]
      : []),
  ],
  steps: (wish) => [
    {
      en: `Start droid, type /model and choose ${wish.main} (Codeplan) below the custom models.`,
      zh: `启动 droid，输入 /model，在自定义模型中选择 ${wish.main}（Codeplan）。`,
    },
  ],
  start: { en: 'Start it anew: droid', zh: '重新启动：droid' },
  winners: [],
  current: ({ droid: { settings: file } }) => [
    {
      path: file,
      read: (text) => {
        const read = readJson(text)
        const list = read.ok ? valueAt(read.root, ['customModels']) : undefined
        const ours = Array.isArray(list) ? list.find(isOurs) : undefined
        if (ours === undefined) return undefined
        const at = (key: string): string => String(valueAt(ours, [key]) ?? '')
        return { file, baseUrl: at('baseUrl'), key: at('apiKey') }
      },
    },
  ],
}
