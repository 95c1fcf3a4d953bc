import { AnthropicPassthrough } from './anthropic-passthrough.ts'
import { AnthropicToOpenAI } from './anthropic-to-openai.ts'
import { MessagesToResponses } from './messages-to-responses.ts'
import { OpenAIPassthrough } from './openai-passthrough.ts'
import { OpenAIToAnthropic } from './openai-to-anthropic.ts'
import type { Dialect } from '../dialect.ts'
import type { Wire } from '../outline.ts'
import type { ClientStream, StreamOptions } from './stream.ts'

/** The stream of one answer from an upstream of one dialect to a client of the same or another wire. */
export function clientStream(upstream: Dialect, client: Wire, options: StreamOptions): ClientStream {
  if (client === 'responses') return new MessagesToResponses(clientStream(upstream, 'anthropic', options), options)
  if (upstream === 'openai') {
    return client === 'openai' ? new OpenAIPassthrough(options) : new OpenAIToAnthropic(options)
  }
  return client === 'anthropic' ? new AnthropicPassthrough(options) : new AnthropicToOpenAI(options)
}
