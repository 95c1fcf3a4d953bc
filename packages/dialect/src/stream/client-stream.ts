import { AnthropicPassthrough } from './anthropic-passthrough.ts'
import { AnthropicToOpenAI } from './anthropic-to-openai.ts'
import { OpenAIPassthrough } from './openai-passthrough.ts'
import { OpenAIToAnthropic } from './openai-to-anthropic.ts'
import type { Dialect } from '../dialect.ts'
import type { ClientStream, StreamOptions } from './stream.ts'

/** The stream of one answer from an upstream of one dialect to a client of the same or the other. */
export function clientStream(upstream: Dialect, client: Dialect, options: StreamOptions): ClientStream {
  if (upstream === 'openai') {
    return client === 'openai' ? new OpenAIPassthrough(options) : new OpenAIToAnthropic(options)
  }
  return client === 'anthropic' ? new AnthropicPassthrough(options) : new AnthropicToOpenAI(options)
}
