import { extractText, getDocumentProxy, getMeta } from 'unpdf'

import type { Page } from './page.ts'

const PAGES_MAX = 300

/**
 * Fonts for Chinese often name a character by its twin among the radicals, others write ﬁ as one sign. Only those are undone: the
 * full-width commas of Chinese stay as they are.
 */
const TWINS = /[\u2E80-\u2FDF\uF900-\uFAFF\uFB00-\uFB06]+/g
const undoTwins = (text: string): string => text.replaceAll(TWINS, (twins) => twins.normalize('NFKC'))

/** The text of a PDF, a paragraph a page. */
export async function extractPdf(bytes: Uint8Array): Promise<Page> {
  const pdf = await getDocumentProxy(bytes)
  const { info } = await getMeta(pdf)
  const { totalPages, text } = await extractText(pdf, { mergePages: false })
  const pages = text.slice(0, PAGES_MAX).map((page) =>
    undoTwins(page)
      .replaceAll(/[ \t]+/g, ' ')
      .trim(),
  )
  const content = pages.filter(Boolean).join('\n\n')
  const said = (name: string): string => (typeof info[name] === 'string' ? undoTwins(info[name]).trim() : '')
  const title = said('Title') || (content.split('\n')[0] ?? '').slice(0, 200)
  const metadata: Record<string, string> = { pages: String(totalPages) }
  for (const [name, value] of [
    ['author', said('Author')],
    ['keywords', said('Keywords')],
  ] as const)
    if (value) metadata[name] = value
  return { title, description: said('Subject'), content, metadata, links: [], images: [] }
}
