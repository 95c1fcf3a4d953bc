import { existsSync, readdirSync, readFileSync } from 'node:fs'

import type { Language } from '../platform/index.ts'
import { IN_DEPTH, LANGUAGES, SLUGS } from './contents.ts'
import { table } from './tables.ts'

const FOLDER = new URL('../../../../docs/', import.meta.url)

export interface Page {
  readonly slug: string
  readonly title: string
  /** Its first paragraph, for indexes. */
  readonly summary: string
  /** Markdown with names of figures in it. */
  readonly source: string
}
type Pages = ReadonlyMap<string, Page>

/** All pages of the documentation, read once. A page that is not there is missing in its index, too. */
export const readPages = (folder: URL = FOLDER): Readonly<Record<Language, Pages>> =>
  Object.fromEntries(LANGUAGES.map((language) => [language, pagesAt(folder, `${language}/`, SLUGS)])) as Record<
    Language,
    Pages
  >
export const readInDepth = (folder: URL = FOLDER): Pages => pagesAt(folder, '', IN_DEPTH.slugs)

const pagesAt = (folder: URL, below: string, slugs: readonly string[]): Pages =>
  new Map(slugs.flatMap((slug) => pageIn(new URL(`${below}${slug}.md`, folder), slug).map((page) => [slug, page])))

function pageIn(file: URL, slug: string): readonly Page[] {
  if (!existsSync(file)) return []
  const source = readFileSync(file, 'utf8')
  const [first = '', summary = ''] = source.split('\n\n')
  return [{ slug, source, title: first.replace(/^# /, ''), summary: summary.replaceAll('\n', ' ') }]
}

/** The page of a business code in `docs/errors/`, where the `docs` of a refusal's detail leads. */
export function errorPage(code: string, folder: URL = FOLDER): string | undefined {
  const file = new URL(`errors/${code}.md`, folder)
  return /^\d{3,4}$/.test(code) && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const ERROR_WORDS = {
  en: { head: ['Code', 'What happened', 'What to do'], happened: '**What happened.** ', todo: '**What to do.** ' },
  zh: { head: ['代码', '原因', '处理办法'], happened: '**原因。** ', todo: '**处理办法。** ' },
} as const

/** All business codes with their meaning and cure, as their own pages say it. */
export function errorTable(language: Language, folder: URL = FOLDER): string {
  const { head, happened, todo } = ERROR_WORDS[language]
  const after = (text: string, mark: string): string =>
    text
      .split('\n')
      .find((line) => line.startsWith(mark))
      ?.slice(mark.length) ?? ''
  const rows = readdirSync(new URL('errors/', folder))
    .map((name) => name.replace('.md', ''))
    .toSorted((a, b) => Number(a) - Number(b))
    .flatMap((code) => {
      const text = errorPage(code, folder)
      return text === undefined ? [] : [[`[${code}](../errors/${code}.md)`, after(text, happened), after(text, todo)]]
    })
  return table(head, rows)
}
