import { dayOf, listAt, plainText, siteFilter, siteOf, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

const TIME_RANGE = { oneDay: 'day', oneWeek: 'week', oneMonth: 'month', oneYear: 'year', noLimit: '' } as const

/** SearXNG: GET /search?format=json, which its settings must allow. It gives one page of results, however many it has. */
export const searxng = (base: string): EngineForm => ({
  ask: ({ query, recency, domains, language, location }) => {
    const url = new URL(`${base.replace(/\/+$/, '')}/search`)
    url.searchParams.set('q', query + siteFilter(domains))
    url.searchParams.set('format', 'json')
    if (TIME_RANGE[recency]) url.searchParams.set('time_range', TIME_RANGE[recency])
    const tongue = language ?? (location === 'cn' ? 'zh' : undefined)
    if (tongue) url.searchParams.set('language', tongue === 'zh' ? 'zh-CN' : 'en')
    return { url }
  },
  read: (answer) =>
    listAt(answer, 'results').map((one) => {
      const link = textAt(one, 'url')
      return {
        title: plainText(textAt(one, 'title')),
        link,
        content: plainText(textAt(one, 'content')),
        media: siteOf(link),
        icon: '',
        publishDate: dayOf(textAt(one, 'publishedDate')),
      }
    }),
})
