import { asList, asObject, asText } from '../json.ts'
import { literalOf } from '../latin1.ts'
import { endingOf, messageItem, NOTHING_ASKED, reasoningItem, responseText, toldCall } from '../responses-answer.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../usage.ts'
import type { ResponseOptions } from './options.ts'

/** A message as a client of the Messages API gets it, as a response (latin1 text). */
export function messageToResponse(
  message: JsonObject,
  usage: Usage | undefined,
  { id, createdSec, model, asked = NOTHING_ASKED }: ResponseOptions,
  wide: boolean,
): string {
  const { called, echo } = asked
  const literal = (value: unknown): string => literalOf(asText(value) ?? '', wide)
  const output: string[] = []
  for (const value of asList(message['content']) ?? []) {
    const block = asObject(value) ?? {}
    const item = literalOf(`${id}_${output.length}`, true)
    if (block['type'] === 'text' && asText(block['text']))
      output.push(messageItem(`msg_${item}`, literal(block['text'])))
    if (block['type'] === 'thinking' && asText(block['thinking'])) {
      output.push(reasoningItem(`rs_${item}`, literal(block['thinking']), literal(block['signature'])))
    }
    if (block['type'] === 'tool_use') {
      const body = literalOf(JSON.stringify(asObject(block['input']) ?? {}), wide)
      output.push(
        toldCall(called, item, { id: literal(block['id']), name: literal(block['name']), body }).item('completed'),
      )
    }
  }
  return responseText({ id, createdSec, model, echo }, { ...endingOf(asText(message['stop_reason'])), output, usage })
}
