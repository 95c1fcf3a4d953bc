import type { Edit, Json } from '../edit/change.ts'
import { BASES } from '../host.ts'
import { currentAt, mergePlan, mcpEdits } from './json-plan.ts'
import { contextOf, type Tool, type Winner, type Wish } from './tool.ts'

/** These in the same `env` would send it elsewhere, or make it send two keys. */
const IN_THE_WAY = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
]

/** 2.1.330 takes a model in its opus slot for one of a million tokens, and would compact too late. The second holds only beside the first. */
const context = (tokens: number): Readonly<Record<string, Json>> =>
  tokens < 1_000_000 ? { CLAUDE_CODE_DISABLE_1M_CONTEXT: 1, CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(tokens) } : {}

const settings = (wish: Wish): readonly Edit[] => [
  {
    path: ['env'],
    value: {
      ANTHROPIC_AUTH_TOKEN: wish.key,
      ANTHROPIC_BASE_URL: wish.host + BASES.anthropic,
      API_TIMEOUT_MS: '3000000',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: 1,
      ANTHROPIC_DEFAULT_OPUS_MODEL: wish.slots.opus,
      ANTHROPIC_DEFAULT_SONNET_MODEL: wish.slots.sonnet,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: wish.slots.haiku,
      ...context(contextOf(wish, [wish.slots.opus, wish.slots.sonnet])),
    },
  },
  ...IN_THE_WAY.map((name) => ({ path: ['env', name], value: undefined })),
  ...(wish.statusline
    ? [{ path: ['statusLine'], value: { type: 'command', command: wish.statusline, padding: 0 } }]
    : []),
]

/** Its own memory, which it writes all the time. Without the first fact it asks for a login with its maker before anything else. */
const state = (wish: Wish, cwd: string): readonly Edit[] => [
  { path: ['hasCompletedOnboarding'], value: true },
  ...mcpEdits(wish, wish.scope === 'user' ? ['mcpServers'] : ['projects', cwd, 'mcpServers'], (url, headers) => ({
    type: 'http',
    url,
    headers,
  })),
]

const other =
  (what: string, whatZh: string): Winner['harm'] =>
  () => ({ en: what, zh: whatZh })

export const claudeCode: Tool = {
  id: 'claude-code',
  name: 'Claude Code',
  base: 'anthropic',
  scopes: ['user', 'project'],
  plan: ({ claude, cwd }, wish) => [
    mergePlan(wish.scope === 'user' ? claude.settings : claude.projectSettings, () => settings(wish)),
    mergePlan(claude.state, () => state(wish, cwd)),
  ],
  steps: () => [],
  start: { en: 'Start it anew: claude', zh: '重新启动：claude' },
  winners: [
    {
      name: 'ANTHROPIC_API_KEY',
      harm: other('it is sent beside the key of the plan', '它会与套餐 Key 一同发送'),
    },
    { name: 'ANTHROPIC_MODEL', harm: other('it wins over the models chosen here', '它会覆盖此处选择的模型') },
    {
      name: 'ANTHROPIC_SMALL_FAST_MODEL',
      harm: other('it wins over the small model chosen here', '它会覆盖此处选择的小模型'),
    },
    { name: 'CLAUDE_CODE_USE_BEDROCK', harm: other('it sends calls to another service', '它会把调用发往其他服务') },
    { name: 'CLAUDE_CODE_USE_VERTEX', harm: other('it sends calls to another service', '它会把调用发往其他服务') },
  ],
  current: ({ claude }) =>
    [claude.settings, claude.projectSettings].map((file) =>
      currentAt(file, ['env', 'ANTHROPIC_BASE_URL'], ['env', 'ANTHROPIC_AUTH_TOKEN']),
    ),
}
