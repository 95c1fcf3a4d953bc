import type { Dialect } from './dialect.ts'
import { sliceOf, type Outline } from './outline.ts'

export interface SpliceOptions {
  /** The upstream's name of the model. */
  readonly model: string
  /**
   * Claude Code puts `role:"system"` entries into the list of messages. An upstream that knows only user and assistant
   * there gets them as a user's message, at the same place, in the tags that mark what no user wrote.
   */
  readonly foldSystem: boolean
}

interface Edit {
  readonly at: number
  readonly to: number
  readonly text: string
}

/**
 * The body for an upstream of the same dialect, as latin1 text: the caller's bytes, with the model's name exchanged and,
 * for a stream of Chat Completions, usage asked for. Everything else stays as it came, unknown fields included.
 */
export function spliceRequest(dialect: Dialect, outline: Outline, options: SpliceOptions): string {
  const { text, modelSpan } = outline
  const edits: Edit[] = []
  const name = JSON.stringify(options.model)
  if (sliceOf(text, modelSpan) !== name) edits.push({ at: modelSpan.start, to: modelSpan.end, text: name })
  if (dialect === 'openai' && outline.stream && !outline.wantsUsage) edits.push(askForUsage(outline))
  if (dialect === 'anthropic' && options.foldSystem) edits.push(...foldSystem(outline))
  if (edits.length === 0) return text
  let out = ''
  let from = 0
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    out += text.slice(from, edit.at) + edit.text
    from = edit.to
  }
  return out + text.slice(from)
}

function askForUsage({ streamOptions, bodyStart }: Outline): Edit {
  const options = '{"include_usage":true}'
  if (streamOptions) return { at: streamOptions.start, to: streamOptions.end, text: options }
  return { at: bodyStart + 1, to: bodyStart + 1, text: `"stream_options":${options},` }
}

function foldSystem(outline: Outline): Edit[] {
  return outline.messages.flatMap(({ spans }) =>
    spans
      ? [
          { at: spans.role.start, to: spans.role.end, text: '"user"' },
          ...spans.texts.flatMap(({ start, end }) => [
            { at: start, to: start, text: '<system-reminder>\\n' },
            { at: end, to: end, text: '\\n</system-reminder>' },
          ]),
        ]
      : [],
  )
}
