import type { IncomingHttpHeaders } from 'node:http'

/** Tools that name themselves in their headers, whatever their version (measured, docs/decisions). */
const BY_USER_AGENT: readonly (readonly [RegExp, string])[] = [
  [/^claude-(cli|code)\//, 'claude-code'],
  [/^opencode\//, 'opencode'],
  [/^Kilo-Code\//, 'kilo'],
  [/^QwenCode\//, 'qwen-code'],
  [/^codex[_-]/, 'codex'],
]

export const UNKNOWN_TOOL = 'unknown'

/** The coding tool that a request comes from, as it says itself. */
export function recogniseTool(headers: IncomingHttpHeaders): string {
  const agent = headers['user-agent'] ?? ''
  return BY_USER_AGENT.find(([pattern]) => pattern.test(agent))?.[1] ?? UNKNOWN_TOOL
}
