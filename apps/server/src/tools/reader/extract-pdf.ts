import { extractText, getDocumentProxy, getMeta } from 'unpdf'

import type { Page } from './page.ts'

const PAGES_MAX = 300

/** The text of a PDF, a paragraph a page. Fonts for Chinese often name a character by its twin among the radicals: NFKC undoes that. */
export async function extractPdf(bytes: Uint8Array): Promise<Page> {
  const pdf = await getDocumentProxy(bytes)
  const { info } = await getMeta(pdf)
  const { totalPages, text } = await extractText(pdf, { mergePages: false })
  const pages = text.slice(0, PAGES_MAX).map((page) =>
    page
      .normalize('NFKC')
      .replaceAll(/[ \t]+/g, ' ')
      .trim(),
  )
  const content = pages.filter(Boolean).join('\n\n')
  const said = (name: string): string => (typeof info[name] === 'string' ? info[name].normalize('NFKC').trim() : '')
  const title = said('Title') || (content.split('\n')[0] ?? '').slice(0, 200)
  const metadata: Record<string, string> = { pages: String(totalPages) }
  for (const [name, value] of [
    ['author', said('Author')],
    ['keywords', said('Keywords')],
  ] as const)
    if (value) metadata[name] = value
  return { title, description: said('Subject'), content, metadata, links: [], images: [] }
}
