import {
  eachElement,
  eachEntry,
  isArrayAt,
  isObjectAt,
  isStringAt,
  isText,
  jsonBytes,
  JsonFault,
  skipSpace,
  valueEnd,
  type JsonBytes,
} from './outline-scan.ts'
import { isNameAt, nameIn, NO_NAME, sliceOf } from './outline.ts'
import type { OutlineFault, OutlineRead, Span, VectorForm } from './outline.ts'

const WANTED = ['model', 'input', 'encoding_format'] as const

/**
 * What the gateway needs to know of an Embeddings request. `input` is a text, a list of texts, or tokens in one list or several;
 * to the gateway it is one message, since nothing but its length and its sameness matters.
 */
export function embeddingsOutline(body: Buffer): OutlineRead {
  try {
    const json = jsonBytes(body)
    const bodyStart = skipSpace(json, 0)
    if (!isObjectAt(json, bodyStart)) return no({ fault: 'bad_body', why: 'it must be a JSON object' })
    const fields: Partial<Record<(typeof WANTED)[number], Span>> = {}
    const end = eachEntry(json, bodyStart, (key, start) => {
      const end = valueEnd(json, start)
      const name = WANTED.find((wanted) => isText(json, key.start, key.end, wanted))
      if (name !== undefined) fields[name] = { start, end }
      return end
    })
    if (skipSpace(json, end) < body.length) {
      return no({ fault: 'bad_body', why: `there is text after its end, at byte ${end}` })
    }
    const { model, input } = fields
    if (!model) return no({ fault: 'missing_field', field: 'model' })
    if (!isNameAt(json, model)) return no(NO_NAME)
    if (!input) return no({ fault: 'missing_field', field: 'input' })
    if (!isInput(json, input)) {
      return no({ fault: 'bad_field', field: 'input', why: 'it must be a text, texts, or lists of tokens, none empty' })
    }
    const vectorsAs = formIn(fields.encoding_format ? sliceOf(body, fields.encoding_format) : 'null')
    if (!vectorsAs) return no({ fault: 'bad_field', field: 'encoding_format', why: 'it must be float or base64' })
    return {
      ok: true,
      outline: {
        body,
        model: nameIn(sliceOf(body, model)),
        modelSpan: model,
        stream: false,
        toolStream: false,
        wantsUsage: false,
        streamOptions: undefined,
        maxTokens: undefined,
        toolCount: 0,
        tools: undefined,
        messages: [{ kind: 'user', texts: [sliceOf(body, input)], span: input }],
        system: undefined,
        metadata: undefined,
        marked: false,
        bodyStart,
        vectorsAs,
      },
    }
  } catch (error) {
    if (error instanceof JsonFault) return no({ fault: 'bad_body', why: error.message })
    throw error
  }
}

/** A text, a list of texts or tokens, or a list of lists of tokens; none of them empty. */
function isInput(json: JsonBytes, { start, end }: Span, depth = 0): boolean {
  if (depth < 2 && isStringAt(json, start)) return end - start > 2
  if (depth === 2 || !isArrayAt(json, start)) return depth > 0 && IS_TOKEN.test(sliceOf(json.bytes, { start, end }))
  let count = 0
  let isGood = true
  eachElement(json, start, (at) => {
    const to = valueEnd(json, at)
    count++
    isGood &&= isInput(json, { start: at, end: to }, depth + 1)
    return to
  })
  return isGood && count > 0
}

const IS_TOKEN = /^\d+$/

function formIn(literal: string): VectorForm | undefined {
  if (literal === 'null' || literal === '"float"') return 'float'
  return literal === '"base64"' ? 'base64' : undefined
}

const no = (fault: OutlineFault): OutlineRead => ({ ok: false, fault })
