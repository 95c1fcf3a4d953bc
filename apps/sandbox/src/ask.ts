import type { JsonObject } from './json.ts'

export type Dialect = 'openai' | 'anthropic'

export interface SeenImage {
  /** `url` when the image was only referred to. */
  readonly mediaType: string
  readonly bytes: number
}

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly texts: readonly string[]
  readonly images: readonly SeenImage[]
  readonly calls: readonly string[]
  readonly failed: boolean
  /** All that is paid for in this turn, without cache markers and block boundaries, which move from call to call. */
  readonly counted: string
}

export interface OfferedTool {
  readonly name: string
  /** Vendor-defined tools (`bash_…`, `text_editor_…`) come with a type and no schema. */
  readonly type: string
  readonly description: string
  readonly schema: JsonObject
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** One model call, in words that both dialects share. */
export interface Ask {
  readonly dialect: Dialect
  readonly model: string
  readonly stream: boolean
  readonly wantsUsage: boolean
  readonly thinks: boolean
  readonly maxTokens: number
  readonly turns: readonly Turn[]
  readonly tools: readonly OfferedTool[]
  readonly toolChoice: ToolChoice
  /** The JSON schema of a structured answer; empty when any JSON object will do. */
  readonly format: JsonObject | undefined
}

export function imageAt(url: string): SeenImage {
  const data = /^data:([^;,]+);base64,(.*)$/s.exec(url)
  return data ? { mediaType: data[1] ?? '', bytes: base64Bytes(data[2] ?? '') } : { mediaType: 'url', bytes: 0 }
}

export function base64Bytes(data: string): number {
  return Buffer.byteLength(data, 'base64')
}
