import type { Outline } from './outline.ts'
import { sliceOf } from './outline.ts'

/**
 * The body for an upstream of the same dialect: the caller's bytes, with the model's name exchanged and, for a stream of
 * Chat Completions, usage asked for. Everything else stays as it came, fields that we do not know included.
 */
export function spliceRequest(dialect: 'anthropic' | 'openai', outline: Outline, model: string): string {
  const edits: { at: number; to: number; text: string }[] = []
  const { text, modelSpan, streamOptions } = outline
  const name = JSON.stringify(model)
  if (sliceOf(text, modelSpan) !== name) edits.push({ at: modelSpan.start, to: modelSpan.end, text: name })
  if (dialect === 'openai' && outline.stream && !outline.wantsUsage) {
    const options = '{"include_usage":true}'
    if (streamOptions) edits.push({ at: streamOptions.start, to: streamOptions.end, text: options })
    else edits.push({ at: outline.bodyStart + 1, to: outline.bodyStart + 1, text: `"stream_options":${options},` })
  }
  let out = ''
  let from = 0
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    out += text.slice(from, edit.at) + edit.text
    from = edit.to
  }
  return edits.length === 0 ? text : out + text.slice(from)
}
