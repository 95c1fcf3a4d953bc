import type { Ask } from './ask.ts'
import type { Faults } from './directives.ts'
import type { PromptCount } from './prompt-count.ts'
import { estimateTokens } from './prompt-count.ts'
import type { Reply } from './script.ts'
import type { ToolCall } from './toolbox.ts'

export interface Spent extends PromptCount {
  readonly completion: number
  readonly reasoning: number
}

/** A reply cut into what is sent, with what it costs. */
export interface Answer {
  readonly thinking: readonly string[]
  readonly text: readonly string[]
  readonly calls: readonly CutCall[]
  readonly stop: 'end' | 'tools' | 'length'
  readonly spent: Spent
}

interface CutCall extends ToolCall {
  readonly fragments: readonly string[]
}

/** Four bytes are one token by the estimate, so filler of four-byte pieces costs exactly as many tokens as pieces. */
const pieceBytes = 4

export function compose(ask: Ask, reply: Reply, faults: Faults, prompt: PromptCount): Answer {
  const limit = Math.min(ask.maxTokens, faults.length ? Math.ceil(estimateTokens(reply.text) / 2) : ask.maxTokens)
  const whole = faults.tokens === undefined ? words(reply.text) : filler(reply.text, faults.tokens)
  const text = withinLimit(whole, limit)
  const short = faults.length === true || text.length < whole.length
  const calls = short ? [] : reply.calls.map((call) => ({ ...call, fragments: fragments(JSON.stringify(call.input)) }))
  // An engine that is asked for a handful of tokens must not spend them all on thinking: the caller wants to see text.
  const thinking = ask.maxTokens < 64 ? [] : words(reply.thinking)
  const reasoning = estimateTokens(thinking.join(''))
  const spoken = [text.join(''), ...calls.map((call) => call.name + call.fragments.join(''))].map(estimateTokens)
  const completion = reasoning + spoken.reduce((sum, tokens) => sum + tokens, 0)
  const stop = short ? 'length' : calls.length > 0 ? 'tools' : 'end'
  return { thinking, text, calls, stop, spent: { ...prompt, completion, reasoning } }
}

function words(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? []
}

function filler(text: string, pieces: number): string[] {
  const said = text.replace(/[^\x20-\x7e]/g, '?')
  const padded = said.slice(0, pieces * pieceBytes).padEnd(pieces * pieceBytes, 'lorem sandbox ipsum. ')
  return Array.from({ length: pieces }, (_, n) => padded.slice(n * pieceBytes, (n + 1) * pieceBytes))
}

function withinLimit(pieces: readonly string[], limit: number): readonly string[] {
  let bytes = 0
  const end = pieces.findIndex((piece) => (bytes += Buffer.byteLength(piece)) > limit * pieceBytes)
  return end === -1 ? pieces : pieces.slice(0, Math.max(1, end))
}

/** Cut between code points: engines hold back bytes that are not yet a whole character. */
function fragments(json: string): string[] {
  const characters = Array.from(json)
  const pieces: string[] = []
  for (let at = 0; at < characters.length;) {
    const size = 3 + ((at * 7) % 6)
    pieces.push(characters.slice(at, at + size).join(''))
    at += size
  }
  return pieces
}
