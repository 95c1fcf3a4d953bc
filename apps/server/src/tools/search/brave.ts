import { dayOf, listAt, plainText, siteFilter, siteOf, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

const FRESHNESS = { oneDay: 'pd', oneWeek: 'pw', oneMonth: 'pm', oneYear: 'py', noLimit: '' } as const
/** It refuses more. */
const COUNT_MAX = 20

/** Brave Search: GET, the key in a header of its own. */
export const brave = (base: string, key: string): EngineForm => ({
  ask: ({ query, count, recency, domains, language, location }) => {
    const url = new URL(`${base.replace(/\/+$/, '')}/res/v1/web/search`)
    url.searchParams.set('q', query + siteFilter(domains))
    url.searchParams.set('count', String(Math.min(count, COUNT_MAX)))
    if (FRESHNESS[recency]) url.searchParams.set('freshness', FRESHNESS[recency])
    if (location) url.searchParams.set('country', location.toUpperCase())
    if (language) url.searchParams.set('search_lang', language === 'zh' ? 'zh-hans' : 'en')
    return { url, headers: { 'x-subscription-token': key } }
  },
  read: (answer) =>
    listAt(answer, 'web.results').map((one) => {
      const link = textAt(one, 'url')
      const more = listAt(one, 'extra_snippets').filter((text) => typeof text === 'string')
      return {
        title: plainText(textAt(one, 'title')),
        link,
        content: plainText([textAt(one, 'description'), ...more].join(' ')),
        media: textAt(one, 'profile.name') || siteOf(link),
        icon: textAt(one, 'meta_url.favicon'),
        publishDate: dayOf(textAt(one, 'page_age')),
      }
    }),
})
