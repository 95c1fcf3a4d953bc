import { dayOf, listAt, plainText, siteOf, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

const TIME_RANGE = { oneDay: 'day', oneWeek: 'week', oneMonth: 'month', oneYear: 'year', noLimit: null } as const
const COUNT_MAX = 20
const COUNTRY = { cn: 'china', us: 'united states' } as const

/** Tavily: POST, bearer. It filters domains by itself. */
export const tavily = (base: string, key: string): EngineForm => ({
  ask: ({ query, count, recency, domains, location, size }) => ({
    url: new URL(`${base.replace(/\/+$/, '')}/search`),
    headers: { authorization: `Bearer ${key}` },
    body: {
      query,
      max_results: Math.min(count, COUNT_MAX),
      search_depth: size === 'high' ? 'advanced' : 'basic',
      include_favicon: true,
      ...(TIME_RANGE[recency] ? { time_range: TIME_RANGE[recency] } : {}),
      ...(domains.length > 0 ? { include_domains: domains } : {}),
      ...(location ? { country: COUNTRY[location] } : {}),
    },
  }),
  read: (answer) =>
    listAt(answer, 'results').map((one) => {
      const link = textAt(one, 'url')
      return {
        title: plainText(textAt(one, 'title')),
        link,
        content: plainText(textAt(one, 'content')),
        media: siteOf(link),
        icon: textAt(one, 'favicon'),
        publishDate: dayOf(textAt(one, 'published_date')),
      }
    }),
})
