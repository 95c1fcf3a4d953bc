import { BASES } from './addresses.ts'
import { contextOf, type Json, type Recipe } from './recipe.ts'

/** 2.1.330 takes a model in its opus slot for one of a million tokens, and would compact too late. The second holds only beside the first. */
const context = (tokens: number): Readonly<Record<string, Json>> =>
  tokens < 1_000_000 ? { CLAUDE_CODE_DISABLE_1M_CONTEXT: 1, CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(tokens) } : {}

export const claudeCode: Recipe = {
  id: 'claude-code',
  name: 'Claude Code',
  base: 'anthropic',
  files: [
    {
      name: '~/.claude/settings.json',
      format: 'json',
      settings: (from) => [
        {
          path: ['env'],
          value: {
            ANTHROPIC_AUTH_TOKEN: from.key,
            ANTHROPIC_BASE_URL: from.host + BASES.anthropic,
            API_TIMEOUT_MS: '3000000',
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: 1,
            ANTHROPIC_DEFAULT_OPUS_MODEL: from.slots.opus,
            ANTHROPIC_DEFAULT_SONNET_MODEL: from.slots.sonnet,
            ANTHROPIC_DEFAULT_HAIKU_MODEL: from.slots.haiku,
            ...context(contextOf(from, [from.slots.opus, from.slots.sonnet])),
          },
        },
      ],
    },
    // Its own memory. Without this fact it asks for a login with its maker before anything else.
    { name: '~/.claude.json', format: 'json', settings: () => [{ path: ['hasCompletedOnboarding'], value: true }] },
  ],
  services: {
    file: '~/.claude.json',
    format: 'json',
    at: ['mcpServers'],
    shape: (url, headers) => ({ type: 'http', url, headers }),
  },
}
