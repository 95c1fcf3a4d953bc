import { Worker } from 'node:worker_threads'

import type { InvoiceContent } from './invoice.ts'
import type { Language } from './invoice-words.ts'

export interface PdfWish {
  readonly invoice: InvoiceContent
  readonly language: Language
  /** Lines that name the customer. */
  readonly buyer: readonly string[]
}

let last: Promise<unknown> = Promise.resolve()

/**
 * An invoice as PDF. Reading a Chinese font keeps a core busy for about a second, which calls that stream would feel: it is done in
 * a thread that ends with it, one at a time.
 */
export function invoicePdf(wish: PdfWish): Promise<Buffer> {
  const pdf = last.then(() => inThread(wish))
  last = pdf.catch(() => undefined)
  return pdf
}

function inThread(wish: PdfWish): Promise<Buffer> {
  const worker = new Worker(new URL('./invoice-draw.ts', import.meta.url), { workerData: wish })
  return new Promise((ready, failed) => {
    worker.once('message', (bytes: Uint8Array) => ready(Buffer.from(bytes)))
    worker.once('error', failed)
    worker.once('exit', (code) => failed(new Error(`the thread of an invoice ended with ${code}`)))
  })
}
