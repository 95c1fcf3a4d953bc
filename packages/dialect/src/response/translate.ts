import { asList, asObject, asText, isPresent } from '../json.ts'
import { asLatin1, inForm, workText } from '../latin1.ts'
import { errorOf, firstChoice } from '../stream/openai-chunk.ts'
import { markSignature } from '../thinking.ts'
import { usageFromAnthropic, usageFromOpenAI } from '../usage.ts'
import { messageToCompletion } from './anthropic-to-openai.ts'
import { messageToResponse } from './message-to-response.ts'
import { completionToMessage } from './openai-to-anthropic.ts'
import { withVectors } from './vectors.ts'
import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import type { Wire } from '../outline.ts'
import type { StreamEnd } from '../stream/stream.ts'
import type { ResponseContext, ResponseOptions, TranslatedResponse } from './options.ts'

/** An upstream's whole (not streamed) answer as the client is to read it. */
export function translateResponse(
  upstream: Dialect,
  client: Wire,
  body: Buffer,
  options: ResponseOptions,
): TranslatedResponse {
  const { text, wide } = workText(body)
  let answer: JsonObject | undefined
  try {
    answer = asObject(JSON.parse(text))
  } catch {
    return { ok: false, why: 'The upstream answered with something that is not JSON.' }
  }
  const error = answer && errorOf(answer)
  if (!answer || error) return { ok: false, why: 'The upstream answered with an error.' }
  const context = {
    ...options,
    model: inForm(options.model, wide),
    servedModel: inForm(options.servedModel, wide),
    wide,
  }
  const usage = upstream === 'openai' ? usageFromOpenAI(answer['usage']) : usageFromAnthropic(answer['usage'])
  const outcome = outcomeOf(upstream, answer)
  try {
    const made = options.vectorsAs
      ? withVectors(renamed(answer, context), options.vectorsAs)
      : translated(upstream, client === 'responses' ? 'anthropic' : client, answer, context)
    if (!made) return { ok: false, why: 'The upstream answered without content.' }
    const done = (bytes: string): TranslatedResponse => ({
      ok: true,
      body: bytes,
      outcome,
      ...(usage ? { usage } : {}),
    })
    if (client === 'responses') return done(messageToResponse(made, usage, options, wide))
    // An answer that needs no change keeps its own bytes.
    return done(made === answer ? body.toString('latin1') : asLatin1(JSON.stringify(made), wide))
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, why: 'The upstream answered with JSON nested too deeply.' }
    throw error
  }
}

function outcomeOf(upstream: Dialect, answer: JsonObject): StreamEnd {
  const reason = asText(upstream === 'openai' ? firstChoice(answer)?.['finish_reason'] : answer['stop_reason'])
  return reason ? { finished: true, stopReason: reason } : { finished: true }
}

function translated(
  upstream: Dialect,
  client: Dialect,
  answer: JsonObject,
  context: ResponseContext,
): JsonObject | undefined {
  if (upstream === 'openai') {
    if (client === 'anthropic') return completionToMessage(answer, context)
    return firstChoice(answer) && renamed(answer, context)
  }
  if (client === 'openai') return messageToCompletion(answer, context)
  const content = asList(answer['content'])
  if (!content) return undefined
  return renamed({ ...answer, content: content.map((block) => marked(block, context.servedModel)) }, context)
}

function renamed(answer: JsonObject, context: ResponseContext): JsonObject {
  return isPresent(answer['model']) && answer['model'] !== context.model ? { ...answer, model: context.model } : answer
}

function marked(value: unknown, servedModel: string): unknown {
  const block = asObject(value)
  const signature = asText(block?.['signature'])
  if (block?.['type'] !== 'thinking' || !signature) return value
  return { ...block, signature: markSignature(servedModel, signature) }
}
