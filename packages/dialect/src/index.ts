/**
 * The door of the wire formats. Two dialects: Anthropic Messages (`/v1/messages`) and OpenAI Chat Completions with GLM's extra
 * fields (`/chat/completions`); clients may also speak OpenAI Responses (`/responses`). Pure: no I/O, no clock, no dice; ids and times come in by options. Bodies and stream bytes are
 * *latin1 text* (a string whose characters are the bytes): write them with the encoding 'latin1'.
 */
export type { Dialect } from './dialect.ts'

/** Latin1 text to and from real strings, for callers that build or read such bytes themselves. */
export { fromLatin1, toLatin1 } from './latin1.ts'

/** Tokens by kind, read from and written to the `usage` object of either wire. */
export { usageFromAnthropic, usageFromOpenAI, usageToAnthropic, usageToOpenAI } from './usage.ts'
export type { AnthropicUsage, OpenAIUsage, Usage } from './usage.ts'

/** Server-sent events out of latin1 text, cut anywhere. */
export { SSE_EVENT_LIMIT, SseSplitter } from './sse.ts'

/** Marks on signed thinking: `cp1.<servedModel>.<signature or u>`. */
export { markSignature, readMark, unmarkThinking } from './thinking.ts'
export type { SignatureMark } from './thinking.ts'

/** A client's request in the upstream's dialect: `{ok:true, body}` or `{ok:false, field, why}`; never throws on bad input. */
export { translateRequest } from './request/translate.ts'
export type { TranslatedRequest } from './request/translate.ts'
export type { RequestOptions } from './request/options.ts'

/** What a Responses request wants kept, and the conversation that it goes on with. */
export { readStoring, withEarlier } from './request/responses-storing.ts'
export type { Storing } from './request/responses-storing.ts'

/** What the answer to a Responses request has to know of the request. */
export type { ResponsesAsked } from './responses-answer.ts'

/** A whole answer in the client's dialect, with its usage and how it ended. */
export { translateResponse } from './response/translate.ts'
export type { ResponseOptions, TranslatedResponse } from './response/options.ts'

/** A streamed answer in the client's dialect, read by read. */
export { clientStream } from './stream/client-stream.ts'
export type { ClientStream, StreamEnd, StreamOptions } from './stream/stream.ts'

/** What the gateway needs to know of a request, read without building it; and the body for an upstream that speaks the same. */
export { outline, sliceOf } from './outline.ts'
export type { MessageKind, MessageOutline, Outline, OutlineFault, Span, VectorForm, Wire } from './outline.ts'
export { embeddingsOutline } from './embeddings-outline.ts'
export { spliceRequest } from './splice.ts'
export type { SpliceOptions } from './splice.ts'

/** Errors in each dialect's own shape. */
export { cleanError } from './error/clean-error.ts'
export { anthropicError, openaiError } from './error/envelope.ts'
export { responsesError } from './error/responses-error.ts'
export type { RefusedResponse } from './error/responses-error.ts'
export { errorInStream } from './error/in-stream.ts'
export type { ErrorWords } from './error/envelope.ts'
