import { asObject, isPresent } from './json.ts'
import type { JsonObject } from './json.ts'

/** Tokens by kind. The four input kinds are exclusive and add up to the whole input; reasoning is inside output. */
export interface Usage {
  /** Input that no cache held. */
  inputTokens: number
  cacheReadTokens: number
  cacheWrite5mTokens: number
  cacheWrite1hTokens: number
  outputTokens: number
  /** A part of `outputTokens`, never added to it (F19). */
  reasoningTokens: number
  /** The upstream's figures were nonsense and were clamped (F18). */
  suspect: boolean
}

/** Reads counts out of one usage object and remembers whether any was nonsense. */
class Counts {
  suspect = false

  read(value: unknown): number {
    if (!isPresent(value)) return 0
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    this.suspect = true
    return 0
  }

  /** A part may not exceed its whole. */
  part(value: unknown, whole: number): number {
    const count = this.read(value)
    if (count <= whole) return count
    this.suspect = true
    return whole
  }
}

/**
 * `usage` of a chat completion or of its stream's chunk: `prompt_tokens` *includes* `prompt_tokens_details.cached_tokens`.
 * Undefined when there is none (engines send `"usage":null` on most chunks).
 */
export function usageFromOpenAI(value: unknown): Usage | undefined {
  const from = asObject(value)
  if (!from || !(isPresent(from['prompt_tokens']) || isPresent(from['completion_tokens']))) return undefined
  const counts = new Counts()
  const prompt = counts.read(from['prompt_tokens'])
  const cached = counts.part(asObject(from['prompt_tokens_details'])?.['cached_tokens'], prompt)
  const output = counts.read(from['completion_tokens'])
  // SGLang tells it beside the other counts.
  const told = asObject(from['completion_tokens_details'])?.['reasoning_tokens'] ?? from['reasoning_tokens']
  const reasoning = counts.part(told, output)
  return {
    inputTokens: prompt - cached,
    cacheReadTokens: cached,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: output,
    reasoningTokens: reasoning,
    suspect: counts.suspect,
  }
}

/**
 * `usage` of a message, of `message_start`, or (with `earlier`) of a later `message_delta`, whose figures are cumulative and
 * replace the earlier ones where present. `input_tokens` *excludes* both cache kinds. GLM puts zeros into `message_start` and
 * the truth into `message_delta`; Anthropic may leave the input out of `message_delta`.
 */
export function usageFromAnthropic(value: unknown, earlier?: Usage): Usage | undefined {
  const from = asObject(value)
  if (!from) return earlier
  const counts = new Counts()
  const field = (name: string, before: number | undefined): number =>
    isPresent(from[name]) ? counts.read(from[name]) : (before ?? 0)
  const writes = cacheWrites(from, counts, earlier)
  const usage: Usage = {
    inputTokens: field('input_tokens', earlier?.inputTokens),
    cacheReadTokens: field('cache_read_input_tokens', earlier?.cacheReadTokens),
    cacheWrite5mTokens: writes.fiveMinutes,
    cacheWrite1hTokens: writes.oneHour,
    outputTokens: field('output_tokens', earlier?.outputTokens),
    reasoningTokens: 0,
    suspect: false,
  }
  // An upstream that repeats the input as zeros at the end has not made it free.
  if (earlier && inputOf(usage) === 0 && inputOf(earlier) > 0) {
    usage.inputTokens = earlier.inputTokens
    usage.cacheReadTokens = earlier.cacheReadTokens
    usage.cacheWrite5mTokens = earlier.cacheWrite5mTokens
    usage.cacheWrite1hTokens = earlier.cacheWrite1hTokens
  }
  usage.reasoningTokens = Math.min(earlier?.reasoningTokens ?? 0, usage.outputTokens)
  usage.suspect = counts.suspect || (earlier?.suspect ?? false)
  return usage
}

/** Each lifetime has its own price, so the parts must add up to the whole (F15). Without parts it is the default: 5 minutes. */
function cacheWrites(from: JsonObject, counts: Counts, earlier: Usage | undefined) {
  const parts = asObject(from['cache_creation'])
  const given = from['cache_creation_input_tokens']
  if (!parts && !isPresent(given)) {
    return { fiveMinutes: earlier?.cacheWrite5mTokens ?? 0, oneHour: earlier?.cacheWrite1hTokens ?? 0 }
  }
  const fiveMinutes = counts.read(parts?.['ephemeral_5m_input_tokens'])
  const oneHour = parts ? counts.read(parts['ephemeral_1h_input_tokens']) : (earlier?.cacheWrite1hTokens ?? 0)
  if (!isPresent(given)) return { fiveMinutes, oneHour }
  const whole = counts.read(given)
  if (parts && fiveMinutes + oneHour !== whole) counts.suspect = true
  const longPart = Math.min(oneHour, whole)
  return { fiveMinutes: whole - longPart, oneHour: longPart }
}

function inputOf(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
}

export interface OpenAIUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number }
  completion_tokens_details: { reasoning_tokens: number }
}

/** Cached input is counted once: the OpenAI form includes it in the prompt (F14). */
export function usageToOpenAI(usage: Usage): OpenAIUsage {
  const prompt = inputOf(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}

export interface AnthropicUsage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  output_tokens: number
}

export function usageToAnthropic(usage: Usage): AnthropicUsage {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
  }
}
