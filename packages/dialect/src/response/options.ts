import type { ResponsesAsked } from '../responses-answer.ts'
import type { Usage } from '../usage.ts'
import type { StreamEnd } from '../stream/stream.ts'
import type { VectorForm } from '../outline.ts'

export interface ResponseOptions {
  /** Our id of the answer: as it is on the OpenAI wire, behind `msg_` on Anthropic's. */
  id: string
  /** The model's name as the client is to read it. */
  model: string
  /** The public id of the model that served, for the marks on signed thinking. */
  servedModel: string
  /** `created` of a chat completion that we make from a message. */
  createdSec: number
  /** What a Responses client asked for. */
  asked?: ResponsesAsked | undefined
  /** The answer is that to an Embeddings request. */
  vectorsAs?: VectorForm | undefined
}

export type TranslatedResponse =
  /** `body` is latin1 text: write it with the encoding 'latin1'. */
  { ok: true; body: string; usage?: Usage; outcome: StreamEnd } | { ok: false; why: string }

/** Options in the form that the body is worked on in. */
export interface ResponseContext extends ResponseOptions {
  wide: boolean
}
