import { DAY_MS } from '@codeplan/core'

import { cookieText } from './cookies.ts'
import type { People } from './people.ts'
import { OWN_SESSION_COOKIE, SESSION_COOKIE } from './sessions.ts'

export const isSecure = (people: People): boolean => people.publicUrl.startsWith('https:')

const lasting = (people: People, name: string, token: string): string =>
  cookieText(name, token, {
    seconds: (people.rules().session_days * DAY_MS) / 1000,
    secure: isSecure(people),
  })

const none = (people: People, name: string): string => cookieText(name, '', { secure: isSecure(people) })

/** Whoever signs in is nobody else: an operator's session that was kept during a look goes. */
export const signedInCookies = (people: People, token: string): string[] => [
  lasting(people, SESSION_COOKIE, token),
  none(people, OWN_SESSION_COOKIE),
]

/** An operator looks by `token` for so long; his own session is kept beside it. */
export const lookingCookies = (people: People, look: { token: string; seconds: number }, own: string): string[] => [
  cookieText(SESSION_COOKIE, look.token, { seconds: look.seconds, secure: isSecure(people) }),
  lasting(people, OWN_SESSION_COOKIE, own),
]

/** Whoever signs out leaves nothing behind. */
export const noSessionCookies = (people: People): string[] =>
  [SESSION_COOKIE, OWN_SESSION_COOKIE].map((name) => none(people, name))
