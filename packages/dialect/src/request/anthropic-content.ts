import { FieldError, listAt, objectAt, optionalString, stringAt } from '../field.ts'
import { asObject, asText, isPresent } from '../json.ts'
import { urlOfSource } from './image.ts'
import type { JsonObject } from '../json.ts'

/** Text of a system prompt or entry: a string, or a list of text blocks. */
export function plainText(value: unknown, field: string): string {
  if (!isPresent(value)) return ''
  if (typeof value === 'string') return value
  const texts: string[] = []
  for (const [i, item] of listAt(value, field).entries()) {
    const block = objectAt(item, `${field}[${i}]`)
    if (block['type'] !== 'text') throw new FieldError(`${field}[${i}].type`, 'must be "text"')
    texts.push(stringAt(block['text'], `${field}[${i}].text`))
  }
  return texts.filter((text) => text !== '').join('\n')
}

/** What a document or a search result says, where it is text; a PDF has no form on the chat wire that engines share. */
export function documentText(block: JsonObject, field: string): string {
  const title = asText(block['title'])
  const head = title === undefined ? '' : `${title}\n`
  if (block['type'] === 'search_result') return head + plainText(block['content'], `${field}.content`)
  const source = objectAt(block['source'], `${field}.source`)
  if (source['type'] === 'text') return head + stringAt(source['data'], `${field}.source.data`)
  if (source['type'] === 'content') return head + plainText(source['content'], `${field}.source.content`)
  throw new FieldError(`${field}.source.type`, 'must be "text": this model cannot be given other documents')
}

export interface ToolResult {
  /** The tool message, which can hold only text. */
  message: JsonObject
  /** Its pictures, for a user message behind it. */
  images: JsonObject[]
}

export function toolResult(block: JsonObject, field: string): ToolResult {
  const images: JsonObject[] = []
  const texts: string[] = []
  const content = block['content']
  if (typeof content === 'string') texts.push(content)
  else if (isPresent(content)) {
    for (const [i, item] of listAt(content, `${field}.content`).entries()) {
      const at = `${field}.content[${i}]`
      const part = objectAt(item, at)
      if (part['type'] === 'image') {
        images.push({ type: 'image_url', image_url: { url: urlOfSource(part['source'], `${at}.source`) } })
      } else {
        texts.push(resultText(part, at))
      }
    }
  }
  const said = texts.filter((text) => text !== '').join('\n')
  const text = said === '' && images.length > 0 ? '(The result is the picture that follows.)' : said
  const failed = block['is_error'] === true
  return {
    message: {
      role: 'tool',
      tool_call_id: stringAt(block['tool_use_id'], `${field}.tool_use_id`),
      // The chat wire has no flag for a failed call.
      content: failed && !text.startsWith('Error') ? `Error: ${text}` : text,
    },
    images,
  }
}

function resultText(part: JsonObject, field: string): string {
  switch (part['type']) {
    case 'text':
      return stringAt(part['text'], `${field}.text`)
    case 'document':
    case 'search_result':
      return documentText(part, field)
    case 'tool_reference':
      return optionalString(asObject(part)?.['tool_name'], `${field}.tool_name`) ?? ''
    default:
      throw new FieldError(`${field}.type`, 'is a kind of tool result that this model cannot be given')
  }
}
