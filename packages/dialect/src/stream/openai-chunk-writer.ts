import { literalOf, toLatin1 } from '../latin1.ts'

/** Writes chat completion chunks of one answer, as latin1 text. */
export class OpenAIChunkWriter {
  readonly #head: string

  constructor(id: string, createdSec: number, model: string) {
    this.#head =
      `data: {"id":"${literalOf(id, true)}","object":"chat.completion.chunk","created":${createdSec},` +
      `"model":"${literalOf(model, true)}","choices":[`
  }

  /** `fields` is the JSON inside of `delta`. */
  delta(fields: string): string {
    return `${this.#head}{"index":0,"delta":{${fields}},"finish_reason":null}]}\n\n`
  }

  finish(reason: string): string {
    return `${this.#head}{"index":0,"delta":{},"finish_reason":"${reason}"}]}\n\n`
  }

  /** The chunk without choices that OpenAI sends to those who ask for usage. */
  usage(usage: object): string {
    return `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n`
  }
}

export const DONE = 'data: [DONE]\n\n'

/** An error inside a stream: the form that GLM's clients and the AI SDK read. */
export function errorChunk(code: string, message: string): string {
  return `data: ${toLatin1(JSON.stringify({ error: { message, code } }))}\n\n`
}
