import { existsSync, readFileSync } from 'node:fs'

import type { Language } from '../platform/index.ts'
import { LANGUAGES, SLUGS } from './contents.ts'

const FOLDER = new URL('../../../../docs/', import.meta.url)

export interface Page {
  readonly slug: string
  readonly title: string
  /** Its first paragraph, for indexes. */
  readonly summary: string
  /** Markdown with names of figures in it. */
  readonly source: string
}

/** All pages of the documentation, read once. A page that is not there is missing in its index, too. */
export function readPages(folder: URL = FOLDER): Readonly<Record<Language, ReadonlyMap<string, Page>>> {
  const read = (language: Language): ReadonlyMap<string, Page> =>
    new Map(SLUGS.flatMap((slug) => (pageIn(folder, language, slug) ?? []).map((page) => [slug, page])))
  return Object.fromEntries(LANGUAGES.map((language) => [language, read(language)])) as Record<
    Language,
    ReadonlyMap<string, Page>
  >
}

function pageIn(folder: URL, language: Language, slug: string): readonly Page[] | undefined {
  const file = new URL(`${language}/${slug}.md`, folder)
  if (!existsSync(file)) return undefined
  const source = readFileSync(file, 'utf8')
  const [first = '', ...rest] = source.split('\n\n')
  return [{ slug, source, title: first.replace(/^# /, ''), summary: (rest[0] ?? '').replaceAll('\n', ' ') }]
}

/** The page of a business code in `docs/errors/`, where the `docs` of a refusal's detail leads. */
export function errorPage(code: string, folder: URL = FOLDER): string | undefined {
  const file = new URL(`errors/${code}.md`, folder)
  return /^\d{3,4}$/.test(code) && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
