import { DAY_MS } from '@codeplan/core'

import { cookieText } from './cookies.ts'
import type { People } from './people.ts'
import { OWN_SESSION_COOKIE, SESSION_COOKIE } from './sessions.ts'

export const isSecure = (people: People): boolean => people.publicUrl.startsWith('https:')

export const sessionCookie = (people: People, token: string, name = SESSION_COOKIE): string =>
  cookieText(name, token, {
    seconds: (people.rules().session_days * DAY_MS) / 1000,
    secure: isSecure(people),
  })

export const noSessionCookie = (people: People, name: string): string =>
  cookieText(name, '', { secure: isSecure(people) })

/** Whoever signs out leaves nothing behind. */
export const noSessionCookies = (people: People): string[] =>
  [SESSION_COOKIE, OWN_SESSION_COOKIE].map((name) => noSessionCookie(people, name))
