import type { SearchEngineDocument } from '../../catalog/index.ts'
import { dayOf, listAt, plainText, siteOf, textAt } from './answer-fields.ts'
import type { EngineForm } from './engine.ts'

type JsonEngine = Extract<SearchEngineDocument, { kind: 'json' }>

/** Any engine that answers JSON to a GET: the catalog says what it is asked and where its results stand. */
export const jsonEngine = (engine: JsonEngine, key: string): EngineForm => ({
  ask: ({ query, count, language }) => {
    const url = new URL(engine.base_url)
    const meaning: Readonly<Record<string, string>> = { query, count: String(count), language: language ?? '' }
    for (const [name, text] of Object.entries(engine.query))
      url.searchParams.set(
        name,
        text.replaceAll(/\{(query|count|language)\}/g, (_, what: string) => meaning[what] ?? ''),
      )
    return { url, headers: key ? { [engine.key_header]: `${engine.key_prefix}${key}` } : {} }
  },
  read: (answer) =>
    listAt(answer, engine.results).map((one) => {
      const { title, link: linkAt, content, date, site } = engine.fields
      const link = textAt(one, linkAt)
      return {
        title: plainText(textAt(one, title)),
        link,
        content: plainText(textAt(one, content)),
        media: (site && textAt(one, site)) || siteOf(link),
        icon: '',
        publishDate: date ? dayOf(textAt(one, date)) : '',
      }
    }),
})
