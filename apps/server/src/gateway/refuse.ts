import type { IncomingMessage, ServerResponse } from 'node:http'

import type { CallId } from '@codeplan/core'
import {
  anthropicError,
  cleanError,
  openaiError,
  responsesError,
  type ErrorWords,
  type RefusedResponse,
  type Wire,
} from '@codeplan/dialect'

import type { RefusalForm } from '../catalog/index.ts'
import { languageOf, word, type Refusal } from '../platform/index.ts'

/**
 * What is still read of a body that was refused, so that the client reads our answer instead of a broken pipe: most send
 * everything before they listen. The time it may take is that of any request.
 */
const DRAIN_BYTES_MAX = 64 * 1_048_576

/** Answers a refusal on the wire of the path and the language of the caller. Only before the first byte. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  how: {
    readonly wire: Wire
    readonly requestId: CallId
    readonly zone: string
    /** What the tool, as far as it is known, takes for final. */
    readonly form: RefusalForm
  },
  refusal: Refusal,
): void {
  if (res.destroyed || res.headersSent) return
  const words = word(refusal, how.zone)
  const language = languageOf(req.headers['accept-language'])
  const error = { ...words, message: words.text[language], requestId: how.requestId }
  const { status, headers, body: text } = shaped(how, error, words.text.en)
  const body = Buffer.from(text)
  res.statusCode = status
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('content-length', body.length)
  res.setHeader('content-language', language === 'zh' ? 'zh-CN' : 'en')
  res.setHeader('x-request-id', how.requestId)
  if (words.retryAfterSec !== undefined) res.setHeader('retry-after', words.retryAfterSec)
  // Trying again cannot help: this header ends the retries of every SDK that Anthropic or OpenAI ship (measured).
  else res.setHeader('x-should-retry', 'false')
  if (!req.complete) dropRest(req)
  res.end(body)
}

function shaped(how: { wire: Wire; form: RefusalForm }, error: ErrorWords, english: string): RefusedResponse {
  const { wire } = how
  // Its header takes plain letters only.
  if (wire === 'responses') return responsesError(error, english)
  if (how.form === 'clean' && error.retryAfterSec === undefined) return cleanError(wire, error)
  return { status: error.status, headers: {}, body: wire === 'anthropic' ? anthropicError(error) : openaiError(error) }
}

/** The connection stays open: closing it with bytes unread would reset it, and with it the answer on its way. */
function dropRest(req: IncomingMessage): void {
  let size = 0
  req.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > DRAIN_BYTES_MAX) req.destroy()
  })
  req.resume()
}
