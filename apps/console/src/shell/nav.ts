import type { Role } from '@codeplan/contract'

import { operatorNav } from '../operator/nav.ts'
import type { IconName } from '../ui/icons.tsx'
import type { Words } from '../words/words.ts'
import { shellWords } from './words.ts'

export interface Entry {
  readonly to: string
  readonly icon: IconName
  readonly text: (language: keyof Words<unknown>) => string
}
export interface Group {
  readonly name: (language: keyof Words<unknown>) => string
  readonly entries: readonly Entry[]
}

type Name = {
  [K in keyof typeof shellWords.en]: (typeof shellWords.en)[K] extends string ? K : never
}[keyof typeof shellWords.en]
const say = (name: Name) => (language: keyof Words<unknown>) => shellWords[language][name]
const entry = (to: string, icon: IconName, name: Name): Entry => ({ to, icon, text: say(name) })

const PLANS = entry('/plans', 'plans', 'plans')
const USAGE = entry('/usage', 'usage', 'usage')
const SETUP = entry('/setup', 'setup', 'setup')
const SUBSCRIPTION = entry('/subscription', 'subscription', 'subscription')

/** Where one can go, by what one is. */
export function groupsFor(who: { readonly role: Role; readonly teams: boolean }): readonly Group[] {
  return [
    {
      name: say('main'),
      entries: [
        USAGE,
        SETUP,
        entry('/keys', 'keys', 'keys'),
        entry('/tools', 'tools', 'tools'),
        entry('/refused', 'refused', 'refused'),
      ],
    },
    {
      name: say('account'),
      entries: [
        PLANS,
        SUBSCRIPTION,
        entry('/balance', 'balance', 'balance'),
        ...(who.teams ? [entry('/team', 'team', 'team')] : []),
        entry('/profile', 'profile', 'profile'),
      ],
    },
    ...(who.role === 'member' ? [] : [{ name: say('operator'), entries: operatorNav }]),
  ]
}

/** Those that have a place at the bottom of a phone; the rest is behind "more". */
export const AT_HAND: readonly Entry[] = [USAGE, SETUP, PLANS, SUBSCRIPTION]
