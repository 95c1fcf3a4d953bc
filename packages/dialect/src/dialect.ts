/** The wire a client or an upstream speaks: Anthropic Messages, or OpenAI Chat Completions with GLM's extra fields. */
export type Dialect = 'anthropic' | 'openai'
