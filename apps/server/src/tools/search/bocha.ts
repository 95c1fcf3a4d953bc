import { dayOf, listAt, plainText, siteFilter, siteOf, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

const COUNT_MAX = 50

/** Bocha: POST, bearer; its freshness has the very names that our callers use. */
export const bocha = (base: string, key: string): EngineForm => ({
  ask: ({ query, count, recency, domains, size }) => ({
    url: new URL(`${base.replace(/\/+$/, '')}/v1/web-search`),
    headers: { authorization: `Bearer ${key}` },
    body: {
      query: query + siteFilter(domains),
      count: Math.min(count, COUNT_MAX),
      freshness: recency,
      summary: size === 'high',
    },
  }),
  read: (answer) =>
    listAt(answer, 'data.webPages.value').map((one) => {
      const link = textAt(one, 'url')
      return {
        title: plainText(textAt(one, 'name')),
        link,
        content: plainText(textAt(one, 'summary') || textAt(one, 'snippet')),
        media: textAt(one, 'siteName') || siteOf(link),
        icon: textAt(one, 'siteIcon'),
        publishDate: dayOf(textAt(one, 'datePublished') || textAt(one, 'dateLastCrawled')),
      }
    }),
})
