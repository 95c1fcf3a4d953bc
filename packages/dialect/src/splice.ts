import type { Dialect } from './dialect.ts'
import { toLatin1 } from './latin1.ts'
import type { Outline } from './outline.ts'

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
 * The body for an upstream of the same dialect: the caller's bytes, with the model's name exchanged and, for a stream of
 * Chat Completions, usage asked for. Everything else stays as it came, unknown fields included. Where only a name of no
 * greater length is put in, the caller's own bytes are changed, and the rest of its place is filled with spaces.
 */
export function spliceRequest(dialect: Dialect, outline: Outline, options: SpliceOptions): Buffer {
  const { body, modelSpan } = outline
  const name = toLatin1(JSON.stringify(options.model))
  const edits: Edit[] = []
  if (dialect === 'openai' && outline.stream && !outline.wantsUsage) edits.push(askForUsage(outline))
  if (dialect === 'anthropic' && options.foldSystem) edits.push(...foldSystem(outline))
  const room = modelSpan.end - modelSpan.start
  if (name.length <= room) body.write(name.padEnd(room), modelSpan.start, 'latin1')
  else edits.push({ at: modelSpan.start, to: modelSpan.end, text: name })
  if (edits.length === 0) return body
  const parts: Buffer[] = []
  let from = 0
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    parts.push(body.subarray(from, edit.at), Buffer.from(edit.text, 'latin1'))
    from = edit.to
  }
  return Buffer.concat([...parts, body.subarray(from)])
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
