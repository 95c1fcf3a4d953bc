import type { IncomingHttpHeaders } from 'node:http'

/** No tool tells which project it works in; all of ours can be made to send a header. */
const PROJECT_HEADER = 'x-codeplan-project'
const LENGTH_MAX = 64

/** The project that a call is said to be for; empty: none is named. Headers are bytes, a name may be Chinese. */
export function projectOf(headers: IncomingHttpHeaders): string {
  const value = headers[PROJECT_HEADER]
  if (typeof value !== 'string') return ''
  return Buffer.from(value, 'latin1').toString('utf8').replaceAll(UNSHOWN, '').trim().slice(0, LENGTH_MAX)
}

// Control characters, what is no UTF-8, and what turns the direction of text.
const UNSHOWN = /[\p{C}\uFFFD]/gu
