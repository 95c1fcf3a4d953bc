import { parentPort } from 'node:worker_threads'

import { extractHtml } from './extract-html.ts'
import { extractPdf } from './extract-pdf.ts'
import type { Page, PageWish, Source } from './page.ts'

/** The thread in which pages of strangers are taken apart: what keeps it busy or fills its memory is ended from outside. */
parentPort?.on('message', ({ source, wish }: { source: Source; wish: PageWish }) => {
  pageOf(source, wish).then(
    (page) => parentPort?.postMessage({ page }),
    () => parentPort?.postMessage({ page: undefined }),
  )
})

async function pageOf(source: Source, wish: PageWish): Promise<Page> {
  return source.kind === 'pdf' ? extractPdf(source.bytes) : extractHtml(source.text, source.url, wish)
}
