import { FieldError } from '../field.ts'
import { asObject, asText } from '../json.ts'
import { thinkingForAnthropic } from '../thinking.ts'
import { addTurn, wellFormed } from './openai-messages.ts'
import { EFFORT, JSON_ONLY, sampling } from './openai-to-anthropic.ts'
import type { JsonObject } from '../json.ts'
import type { Turn } from './openai-messages.ts'
import type { RequestContext } from './options.ts'
import type { ItemTurn } from './responses-items.ts'
import type { ResponsesAsMessages } from './responses-to-messages.ts'

/** What the Messages API demands beyond its words: who may speak when, and which fields exclude each other. */
export function responsesToAnthropic(asked: ResponsesAsMessages, context: RequestContext): JsonObject {
  const { temperature: _, top_p: __, ...request } = asked.request
  const messages = turnsForAnthropic(asked.turns, context.servedModel)
  if (messages.length === 0) throw new FieldError('input', 'must hold a message that is not empty')
  const out: JsonObject = { max_tokens: context.defaultMaxTokens, ...request, messages }
  if (asked.jsonOnly) out['system'] = [asText(request['system']), JSON_ONLY].filter((text) => text).join('\n\n')
  if (!request['tools']) Object.assign(out, toolsOnceUsed(messages))
  const forced = asText(asObject(request['tool_choice'])?.['type'])
  const thinks = asText(asObject(request['thinking'])?.['type'])
  // Neither may a tool be forced nor sampling be set while the model thinks.
  if (thinks && (forced === 'any' || forced === 'tool')) out['thinking'] = { type: 'disabled' }
  if (thinks !== 'adaptive') Object.assign(out, sampling(asked.request))
  const config = asObject(request['output_config'])
  const effort = asText(config?.['effort'])
  if (effort) out['output_config'] = { ...config, effort: EFFORT[effort] ?? effort }
  return out
}

function turnsForAnthropic(turns: readonly ItemTurn[], servedModel: string): Turn[] {
  const out: Turn[] = []
  for (const { role, content } of turns) {
    if (role === 'system') addTurn(out, 'user', content.map(reminder))
    else addTurn(out, role, role === 'user' ? content : content.flatMap((block) => signed(block, servedModel)))
  }
  return wellFormed(out)
}

/** The same tags as for the system entries that Claude Code puts among its messages. */
const reminder = ({ text }: JsonObject): JsonObject => ({
  type: 'text',
  text: `<system-reminder>\n${String(text)}\n</system-reminder>`,
})

/** Thinking needs the signature of the very model (F79). */
function signed(block: JsonObject, servedModel: string): JsonObject[] {
  if (block['type'] !== 'thinking') return [block]
  const fits = block['signature'] === undefined ? undefined : thinkingForAnthropic(block, servedModel)
  return fits ? [fits] : []
}

/** Calls in the conversation demand that tools are named, also where none may be called: Codex compacts without tools. */
function toolsOnceUsed(messages: readonly Turn[]): JsonObject {
  const used = messages.flatMap(({ content }) => content.filter((block) => block['type'] === 'tool_use'))
  const names = [...new Set(used.map((block) => block['name']))]
  if (names.length === 0) return {}
  const tools = names.map((name) => ({ name, input_schema: { type: 'object', properties: {} } }))
  return { tools, tool_choice: { type: 'none' } }
}
