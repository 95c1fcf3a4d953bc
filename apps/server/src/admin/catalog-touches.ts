import type { CatalogChecked } from '@codeplan/contract'

import { planTermsEqual, type CatalogChange, type CatalogDocument } from '../catalog/index.ts'

type Touch = CatalogChecked['touches'][number]

/** What of a plan holds at once for those who have it; the rest is in its terms, which they keep as they bought them. */
const AT_ONCE = new Set(['queue_weight', 'tool_policy', 'tools', 'models_live'])
/** What holds at once for the calls of everybody. */
const FOR_ALL = ['multipliers', 'aliases', 'models', 'tools', 'upstreams', 'gateway', 'routing']

/** Whom the changes touch, and how many of them there are. */
export function touchesOf(
  before: CatalogDocument,
  after: CatalogDocument,
  changes: readonly CatalogChange[],
  running: ReadonlyMap<string, number>,
): readonly Touch[] {
  const [was, is] = [byId(before.plans), byId(after.plans)]
  const plans = [...new Set([...was.keys(), ...is.keys()])].flatMap((plan): Touch[] => {
    const [old, next] = [was.get(plan), is.get(plan)]
    const by = changes
      .map(({ path }) => path)
      .filter((path) => path === `plans.${plan}` || path.startsWith(`plans.${plan}.`))
    const subscriptions = running.get(plan) ?? 0
    const touch = (how: Touch['how'], paths: readonly string[]): Touch => ({ plan, how, subscriptions, by: [...paths] })
    if (!old) return [touch('added', by)]
    if (!next) return [touch('removed', by)]
    const fieldOf = (path: string): string => path.split('.')[2] ?? ''
    const atOnce = by.filter((path) => AT_ONCE.has(fieldOf(path)) || (fieldOf(path) === 'models' && next.models_live))
    const ofTerms = by.filter((path) => !AT_ONCE.has(fieldOf(path)))
    return [
      ...(atOnce.length > 0 ? [touch('at_once', atOnce)] : []),
      ...(planTermsEqual(old, next) ? [] : [touch('new_version', ofTerms)]),
    ]
  })
  const all = [...running.values()].reduce((sum, count) => sum + count, 0)
  const shared = changes.map(({ path }) => path).filter((path) => FOR_ALL.includes(path.split('.')[0] ?? ''))
  return [
    ...plans,
    ...(shared.length > 0 ? [{ plan: null, how: 'at_once' as const, subscriptions: all, by: shared }] : []),
  ]
}

const byId = <T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> =>
  new Map(entries.map((entry) => [entry.id, entry]))
