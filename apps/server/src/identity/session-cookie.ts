import { DAY_MS } from '@codeplan/core'

import { cookieText } from './cookies.ts'
import type { People } from './people.ts'
import { SESSION_COOKIE } from './sessions.ts'

export const isSecure = (people: People): boolean => people.publicUrl.startsWith('https:')

export const sessionCookie = (people: People, token: string): string =>
  cookieText(SESSION_COOKIE, token, {
    seconds: (people.rules().session_days * DAY_MS) / 1000,
    secure: isSecure(people),
  })
