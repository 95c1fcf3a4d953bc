import { FieldError, objectAt, stringAt } from '../field.ts'
import type { JsonObject } from '../json.ts'

const DATA_URL = /^data:([^;,]+);base64,/

/** An Anthropic image's source as the URL that OpenAI parts hold. */
export function urlOfSource(value: unknown, field: string): string {
  const source = objectAt(value, field)
  if (source['type'] === 'url') return stringAt(source['url'], `${field}.url`)
  if (source['type'] !== 'base64') throw new FieldError(`${field}.type`, 'must be "base64" or "url"')
  const mediaType = stringAt(source['media_type'], `${field}.media_type`)
  return `data:${mediaType};base64,${stringAt(source['data'], `${field}.data`)}`
}

/** The URL of an OpenAI part as an Anthropic source. */
export function sourceOfUrl(url: string, field: string): JsonObject {
  const data = DATA_URL.exec(url)
  if (data) return { type: 'base64', media_type: data[1], data: url.slice(data[0].length) }
  if (/^https?:/i.test(url)) return { type: 'url', url }
  throw new FieldError(field, 'must be an http(s) URL or a base64 data URL')
}
