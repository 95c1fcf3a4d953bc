import type { IncomingHttpHeaders } from 'node:http'

import { shownText } from './shown-text.ts'

/** No tool tells which project it works in; all of ours can be made to send a header. */
const PROJECT_HEADER = 'x-codeplan-project'
const LENGTH_MAX = 64

/** The project that a call is said to be for; empty: none is named. Headers are bytes, a name may be Chinese. */
export function projectOf(headers: IncomingHttpHeaders): string {
  const value = headers[PROJECT_HEADER]
  if (typeof value !== 'string') return ''
  return shownText(Buffer.from(value, 'latin1').toString('utf8').trimStart(), LENGTH_MAX)
}
