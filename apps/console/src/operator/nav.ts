import type { Entry } from '../shell/nav.ts'
import type { IconName } from '../ui/icons.tsx'
import { operatorNavWords as all } from './nav-words.ts'

const entry = (to: string, icon: IconName, name: keyof typeof all.en): Entry => ({
  to,
  icon,
  text: (language) => all[language][name],
})

/** The pages of the operator, in the order of a day's work. Their routes: routes.tsx. */
export const operatorNav: readonly Entry[] = [
  entry('/operator', 'operator', 'today'),
  entry('/operator/members', 'team', 'members'),
  entry('/operator/orders', 'orders', 'orders'),
  entry('/operator/releases', 'releases', 'releases'),
  entry('/operator/catalog', 'catalog', 'catalog'),
  entry('/operator/upstreams', 'upstreams', 'upstreams'),
  entry('/operator/economics', 'economics', 'economics'),
  entry('/operator/tools', 'policy', 'policy'),
  entry('/operator/audit', 'audit', 'audit'),
  entry('/operator/system', 'system', 'system'),
]
