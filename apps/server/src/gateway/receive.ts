import type { IncomingMessage } from 'node:http'

import { no, yes, type Outcome } from '@codeplan/core'

import type { Refusal } from '../platform/index.ts'

/** Collects a request's body, up to a limit of size and time. `client_left` when it never arrived whole. */
export function receiveBody(
  req: IncomingMessage,
  limits: { readonly bytesMax: number; readonly msMax: number },
): Promise<Outcome<Buffer, Refusal | { readonly code: 'client_left' }>> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    let done = false
    const end = (outcome: Outcome<Buffer, Refusal | { code: 'client_left' }>): void => {
      if (done) return
      done = true
      clearTimeout(timer)
      resolve(outcome)
    }
    const timer = setTimeout(() => {
      end(no({ code: 'bad_body', why: `it did not arrive within ${limits.msMax / 1000} s` }))
    }, limits.msMax)
    if (Number(req.headers['content-length']) > limits.bytesMax) {
      return end(no({ code: 'body_too_large', limitBytes: limits.bytesMax }))
    }
    // Whoever left while the key was looked up will say nothing more.
    if (req.destroyed) return end(no({ code: 'client_left' }))
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limits.bytesMax) end(no({ code: 'body_too_large', limitBytes: limits.bytesMax }))
      else if (!done) parts.push(chunk)
    })
    req.on('end', () => end(yes(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts))))
    req.on('error', () => end(no({ code: 'client_left' })))
    req.on('close', () => end(no({ code: 'client_left' })))
  })
}
