import {
  cherryStudio,
  cline,
  cursor,
  goose,
  MCP_SERVICES,
  roo,
  type Recipe,
  type Text,
} from '@codeplan/contract/recipes'

import type { Places } from '../places.ts'
import { mergePlan, serviceEdits } from './json-plan.ts'
import type { Tool, Wish } from './tool.ts'

/**
 * Tools whose provider and key lie in their own database or in the system's key store: only they write there. The values are printed,
 * each at its place; what they keep in a file of their own (MCP services) is written.
 */
const byHand = (
  recipe: Recipe,
  more: { file?: (places: Places) => string; first?: Steps; last?: Steps } = {},
): Tool => ({
  ...recipe,
  scopes: ['user'],
  plan: (places, wish) =>
    more.file && wish.mcp ? [mergePlan(more.file(places), () => serviceEdits(recipe, wish))] : [],
  steps: (wish) => [
    ...(more.first?.(wish) ?? []),
    ...form(recipe, wish),
    ...services(recipe, wish),
    ...(more.last?.(wish) ?? []),
  ],
  start: { en: 'Restart it when that is done.', zh: '完成后请重新启动它。' },
  winners: [],
  current: () => [],
})
type Steps = (wish: Wish) => readonly Text[]

const under = ({ en, zh }: Text): Text => ({ en: `${en}:`, zh: `${zh}：` })

const form = ({ form: window }: Recipe, wish: Wish): readonly Text[] =>
  window
    ? [
        under(window.where),
        ...window
          .fields(wish)
          .map(({ label, value }) => ({ en: `  ${label.en}: ${value}`, zh: `  ${label.zh}：${value}` })),
      ]
    : []

const services = ({ services: of }: Recipe, { mcp, host, key }: Wish): readonly Text[] =>
  mcp && 'where' in of
    ? [
        under(of.where),
        ...MCP_SERVICES.map(({ name, path }) => ({
          en: `  ${name}: type ${of.type}, URL ${host + path}, header Authorization: Bearer ${key}`,
          zh: `  ${name}：类型 ${of.type}，URL ${host + path}，请求头 Authorization: Bearer ${key}`,
        })),
      ]
    : []

/** With the key in a variable: it would stay in the history of the shell. */
const lines: Steps = (wish) =>
  (cline.terminal?.({ ...wish, key: '"$CODEPLAN_KEY"' }) ?? []).map((line) => ({
    en: `In the terminal: ${line}`,
    zh: `在终端中：${line}`,
  }))

export const BY_HAND: readonly Tool[] = [
  byHand(cline, { file: ({ clineMcp }) => clineMcp, first: lines }),
  byHand(roo),
  byHand(goose),
  byHand(cherryStudio),
  byHand(cursor, {
    file: ({ cursorMcp }) => cursorMcp,
    last: () => [
      {
        en: 'Cursor calls the address from its own servers: it must be reachable from the internet.',
        zh: 'Cursor 从其自己的服务器发起调用：该地址必须能从公网访问。',
      },
    ],
  }),
]
