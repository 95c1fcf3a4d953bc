import type { ResponsesAsked } from '../responses-answer.ts'
import type { VectorForm } from '../outline.ts'
import type { Usage } from '../usage.ts'

/** How an upstream's answer ended, streamed or not. */
export interface StreamEnd {
  /** A proper terminal event was seen: a finish reason or `[DONE]`, a stop reason or `message_stop`. */
  finished: boolean
  /** In the upstream's own words. */
  stopReason?: string
  error?: { type: string; message: string }
}

/** One answer on its way to the client: upstream bytes in, client bytes out. Made anew for each call; holds no clock. */
export interface ClientStream {
  /** Upstream bytes in, what to write to the client out, both as latin1 text; '' for nothing yet. */
  push(text: string): string
  /**
   * The upstream ended: the rest to write. When it ended without its terminal event, ends the client's stream the way the
   * client's dialect says a failure (Anthropic: `event: error` with `api_error`; OpenAI: a chunk with finish_reason
   * "network_error", then `data: [DONE]`).
   */
  end(): string
  usage(): Usage | undefined
  /** Bytes of generated text seen so far (text, reasoning, tool arguments): the basis of an estimate when no usage came. */
  outputBytes(): number
  state(): StreamEnd
  /** Responses clients: how many events were written, and the whole answer once it has ended well. */
  sequence?(): number
  response?(): string | undefined
}

export interface StreamOptions {
  /** Our id of the answer: as it is on the OpenAI wire, behind `msg_` on Anthropic's. */
  id: string
  /** The model's name as the client is to read it. */
  model: string
  /** The public id of the model that served, for the marks on signed thinking. */
  servedModel: string
  /** The name the upstream knows the model by: where it differs from `model`, it is replaced in what passes through. */
  upstreamModel: string
  /** Whether the client asked for usage in the stream (OpenAI clients). */
  wantsUsage: boolean
  /** Whether tool calls go to an OpenAI client in one chunk each (GLM without `tool_stream`). */
  wholeToolCalls: boolean
  /** Shown to Anthropic clients in `message_start`, before the upstream has counted. */
  inputTokensEstimate: number
  /** `created` of OpenAI chunks and Responses that we make ourselves. */
  createdSec: number
  /** Responses clients: what they asked for, and whether the last event waits for `end()`, so that what it says can be kept first. */
  asked?: ResponsesAsked | undefined
  holdsEnd?: boolean
  /** The answer, never streamed, is that to an Embeddings request. */
  vectorsAs?: VectorForm | undefined
}

export const BROKEN_CHUNK = 'The upstream sent a broken stream.'
export const ENDED_EARLY = 'The upstream ended the answer early.'
export const EVENT_TOO_LONG = 'The upstream sent an event beyond the size limit.'
