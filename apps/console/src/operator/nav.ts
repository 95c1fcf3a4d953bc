import type { Entry } from '../shell/nav.ts'
import { operatorNavWords as all } from './nav-words.ts'

/** The pages of the operator, in the order of a day's work. Their routes: routes.tsx. */
export const operatorNav: readonly Entry[] = [
  { to: '/operator', icon: 'operator', text: (language) => all[language].today },
]
