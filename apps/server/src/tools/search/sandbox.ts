import { listAt, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

/** The built-in simulation: a few pages of our own words, so that the service can be tried without an engine. */
export const sandbox = (base: string): EngineForm => ({
  ask: ({ query, count }) => {
    const url = new URL(`${base}/search`)
    url.searchParams.set('q', query)
    url.searchParams.set('count', String(count))
    return { url }
  },
  read: (answer) =>
    listAt(answer, 'results').map((one) => ({
      title: textAt(one, 'title'),
      link: textAt(one, 'link'),
      content: textAt(one, 'content'),
      media: textAt(one, 'site'),
      icon: '',
      publishDate: textAt(one, 'date'),
    })),
})
