import { createHash } from 'node:crypto'
import type { Ask } from './ask.ts'

export interface PromptCount {
  readonly prompt: number
  readonly cached: number
}

const bytesPerToken = 4
const tokensPerTurn = 4
const tokensPerImage = 256
/** Engines keep whole blocks of a prefix, never its last token: the answer has to be computed from something. */
const blockTokens = 16
const rememberedPrefixes = 4096

export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken)
}

/** Remembers the beginnings of conversations, as the prefix cache of an inference engine does. */
export class PrefixCache {
  readonly #seen = new Set<string>()

  count(ask: Ask): PromptCount {
    const tools = ask.tools.map((tool) => tool.name + tool.description + JSON.stringify(tool.schema)).join('\n')
    const turns = ask.turns.map((turn) => ({
      text: turn.role + turn.counted,
      extra: tokensPerTurn + turn.images.length * tokensPerImage,
    }))
    let prompt = 0
    let cached = 0
    let prefix = ask.model
    for (const part of [{ text: tools, extra: 0 }, ...turns]) {
      prompt += estimateTokens(part.text) + part.extra
      prefix = createHash('sha1').update(prefix).update('\0').update(part.text).digest('base64')
      if (this.#recall(prefix)) cached = prompt
    }
    const longest = Math.min(cached, prompt - 1)
    return { prompt, cached: Math.max(0, longest - (longest % blockTokens)) }
  }

  #recall(prefix: string): boolean {
    const known = this.#seen.delete(prefix)
    this.#seen.add(prefix)
    const oldest = this.#seen.values().next()
    if (this.#seen.size > rememberedPrefixes && !oldest.done) this.#seen.delete(oldest.value)
    return known
  }
}
