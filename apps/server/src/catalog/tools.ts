import type { IncomingHttpHeaders } from 'node:http'

import type { Outline, Span } from '@codeplan/dialect'

import { globPattern } from './glob.ts'
import type { ToolDocument } from './schema.ts'

/** How a refusal looks that trying again cannot change. `clean`: 400, in a body without anything that a tool takes for a passing fault. */
export type RefusalForm = ToolDocument['final_refusals']

export interface Recognised {
  readonly tool: string
  /** The rule that matched, for people: `user-agent claude-cli/*`. */
  readonly rule: string
}

/** The rules that tell coding tools from scripts, made for the hot path. */
export interface Tools {
  readonly names: readonly string[]
  nameOf(tool: string): string | undefined
  /** Costs a look into a map. Most calls need no more. */
  byHeaders(headers: IncomingHttpHeaders): Recognised | undefined
  /** For tools that look like a plain SDK from outside: the beginning of the system prompt, and the names of functions. */
  byBody(outline: Pick<Outline, 'body' | 'system' | 'messages' | 'tools'>): Recognised | undefined
  formOf(tool: string): RefusalForm
}

/** Every tool names itself in its first lines (measured: within the first 300 bytes). */
const SYSTEM_BYTES_MAX = 2_048
/** User agents come from clients: the memory of them is bounded by starting anew. */
const AGENTS_MAX = 1_000

export function compileTools(docs: readonly ToolDocument[]): Tools {
  const agents = docs.flatMap(({ id, user_agents = [] }) =>
    user_agents.map((glob) => ({ tool: id, rule: `user-agent ${glob}`, pattern: globPattern(glob) })),
  )
  const headerRules = docs.flatMap(({ id, headers = {} }) =>
    Object.entries(headers).map(([name, glob]) => ({
      name,
      pattern: globPattern(glob),
      found: { tool: id, rule: `${name} ${glob}` },
    })),
  )
  const bodyRules = docs.flatMap(({ id, system = [], offers }) =>
    system.map((text) => ({
      text: Buffer.from(text),
      offers: offers?.map((name) => Buffer.from(`"${name}"`)),
      found: { tool: id, rule: `system "${text}"${offers ? ' with its functions' : ''}` },
    })),
  )
  const forms = new Map(docs.map(({ id, final_refusals }) => [id, final_refusals]))
  const known = new Map<string, Recognised | undefined>()

  const byAgent = (agent: string): Recognised | undefined => {
    if (known.has(agent)) return known.get(agent)
    if (known.size >= AGENTS_MAX) known.clear()
    const lower = agent.toLowerCase()
    const match = agents.find(({ pattern }) => pattern.test(lower))
    const found = match && { tool: match.tool, rule: match.rule }
    known.set(agent, found)
    return found
  }
  return {
    names: docs.map(({ name }) => name),
    nameOf: (tool) => docs.find(({ id }) => id === tool)?.name,
    byHeaders: (headers) => {
      const found = byAgent(headers['user-agent'] ?? '')
      if (found) return found
      return headerRules.find(({ name, pattern }) => {
        const value = headers[name]
        return typeof value === 'string' && pattern.test(value.toLowerCase())
      })?.found
    },
    byBody: ({ body, system, messages, tools }) => {
      const span = system ?? (messages[0]?.kind === 'system' ? messages[0].span : undefined)
      if (!span || bodyRules.length === 0) return undefined
      const head = part(body, { start: span.start, end: Math.min(span.end, span.start + SYSTEM_BYTES_MAX) })
      const offered = tools && part(body, tools)
      return bodyRules.find(
        (rule) => head.includes(rule.text) && (!rule.offers || rule.offers.some((name) => offered?.includes(name))),
      )?.found
    },
    formOf: (tool) => forms.get(tool) ?? 'classic',
  }
}

const part = (body: Buffer, { start, end }: Span): Buffer => body.subarray(start, end)
