import type { IncomingHttpHeaders } from 'node:http'

import type { MemberId } from '@codeplan/core'

import type { Visitor } from '../../apps/server/src/sale/index.ts'

const MEMBER = 'x-test-member'

/** Whoever a request says it is: until sessions are plugged in. */
export const whoSays = (headers: IncomingHttpHeaders): Promise<Visitor | undefined> => {
  const memberId = headers[MEMBER]
  const visitor =
    typeof memberId === 'string' && memberId !== ''
      ? { memberId: memberId as MemberId, verified: true, language: 'en' as const }
      : undefined
  return Promise.resolve(visitor)
}

/** The headers of a visitor who is signed in. */
export const signedIn = (memberId: string): Readonly<Record<string, string>> => ({
  [MEMBER]: memberId,
  'x-codeplan-csrf': '1',
})
