import { no, yes, type Instant, type Outcome } from '@codeplan/core'

import type { ServicesDocument } from '../../catalog/index.ts'
import type { Refusal } from '../../platform/index.ts'
import type { ToolDeps } from '../deps.ts'
import { Kept } from '../kept.ts'
import { askEngine } from './engine.ts'

export const RECENCIES = ['oneDay', 'oneWeek', 'oneMonth', 'oneYear', 'noLimit'] as const
export type Recency = (typeof RECENCIES)[number]

export interface SearchWish {
  readonly query: string
  readonly count: number
  readonly recency: Recency
  readonly domains: readonly string[]
  readonly language: 'zh' | 'en' | undefined
  readonly location: 'cn' | 'us' | undefined
  readonly size: 'medium' | 'high'
}

export interface Found {
  readonly title: string
  readonly link: string
  readonly content: string
  /** The site it stands on. */
  readonly media: string
  readonly icon: string
  /** `YYYY-MM-DD`, or empty. */
  readonly publishDate: string
}

/** The port behind which engines stand. */
export interface Search {
  search(wish: SearchWish): Promise<Outcome<readonly Found[], Refusal>>
}

/** Characters of a summary. */
const CONTENT_MAX = { medium: 600, high: 2_500 } as const

type SearchDeps = Pick<ToolDeps, 'clock' | 'log' | 'secret' | 'sandboxUrl'> & {
  readonly rules: () => ServicesDocument['web_search']
}

/** Asks the engines of the catalog in their order. Who fails rests; if all rest, those that rest are asked nevertheless. */
export function makeSearch(deps: SearchDeps): Search {
  const rests = new Map<string, Instant>()
  const kept = new Kept<readonly Found[]>()
  return {
    search: async (wish) => {
      const rules = deps.rules()
      const now = deps.clock.now()
      const key = JSON.stringify(wish)
      const known = kept.get(key, now, rules.cache_ms)
      if (known) return yes(known)
      let why = 'no engine is set up'
      for (const engine of inOrder(rules, rests, now)) {
        const asked = await askEngine(engine, wish, { ...deps, msMax: rules.engine_ms_max })
        if (asked.ok) {
          rests.delete(engine.id)
          const found = tidy(asked.value, wish)
          kept.put(key, found, now, { entriesMax: rules.cache_entries_max })
          return yes(found)
        }
        why = asked.no
        rests.set(engine.id, (deps.clock.now() + rules.rest_ms) as Instant)
        deps.log.warn({ engine: engine.id, why }, 'a search engine failed')
      }
      return no({ code: 'service_failed', service: 'web_search', why })
    },
  }
}

function inOrder({ engines }: ServicesDocument['web_search'], rests: ReadonlyMap<string, Instant>, now: Instant) {
  const isResting = ({ id }: { readonly id: string }): boolean => (rests.get(id) ?? 0) > now
  return [...engines.filter((engine) => !isResting(engine)), ...engines.filter(isResting)]
}

/** One entry a page, from the domains that were asked for, no more and no longer than was asked for. */
function tidy(found: readonly Found[], wish: SearchWish): readonly Found[] {
  const links = new Set<string>()
  const kept = found.filter(({ title, link }) => {
    const host = hostOf(link)
    if (!title || !host || links.has(link)) return false
    links.add(link)
    return wish.domains.length === 0 || wish.domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
  })
  return kept
    .slice(0, wish.count)
    .map((one) => ({ ...one, content: one.content.slice(0, CONTENT_MAX[wish.size]).trim() }))
}

function hostOf(link: string): string | undefined {
  const url = URL.parse(link)
  return url && /^https?:$/.test(url.protocol) ? url.hostname : undefined
}
