import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

import { wallText } from '@codeplan/core'
import PdfDocument from 'pdfkit'

import type { PdfWish } from './invoice-pdf.ts'
import { lineText, WORDS } from './invoice-words.ts'

/** Points; A4 is 595 × 842. */
const PAGE = { margin: 56, width: 595 - 2 * 56 }
const SIZE = { title: 22, text: 10, total: 13 }
const GREY = '#5b6570'
const LINE = '#d5dae0'

/** The whole of a font that has Chinese; what an invoice uses of it is embedded, so that it shows everywhere. */
const fontFile = (weight: 'Regular' | 'Bold'): string =>
  join(
    dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')),
    '..',
    'fonts',
    `NotoSansHans-${weight}.otf`,
  )

/** The invoice on one page. The same content gives the same bytes. */
async function draw({ invoice, language, buyer }: PdfWish): Promise<Buffer> {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language]
  const money = (amount: string): string => `${amount} ${invoice.currency}`
  const [seller = '', ...address] = invoice.seller
  const doc = new PdfDocument({
    size: 'A4',
    margin: PAGE.margin,
    lang: language === 'zh' ? 'zh-CN' : 'en',
    info: {
      Title: `${say('title')} ${invoice.number}`,
      Author: seller,
      CreationDate: new Date(invoice.issuedAt),
      ModDate: new Date(invoice.issuedAt),
    },
  })
  const done = collect(doc)
  doc.registerFont('text', fontFile('Regular')).registerFont('strong', fontFile('Bold'))
  const left = PAGE.margin
  const right = { width: PAGE.width, align: 'right' } as const
  const rule = (): void => {
    doc.moveDown(0.6)
    doc
      .moveTo(left, doc.y)
      .lineTo(left + PAGE.width, doc.y)
      .lineWidth(0.7)
      .stroke(LINE)
    doc.moveDown(0.6)
  }
  /** Text and, on its last line's right, an amount. */
  const row = (text: string, amount: string): void => {
    const { y } = doc
    doc.text(amount, left, y, right)
    doc.text(text, left, y, { width: PAGE.width - 130 })
  }

  doc.font('strong').fontSize(SIZE.title).text(say('title'), left, PAGE.margin, right)
  doc.fontSize(SIZE.text).text(`${say('number')} ${invoice.number}`, right)
  doc.font('text').text(`${say('date')} ${wallText(invoice.zone, invoice.issuedAt).slice(0, 10)}`, right)
  const below = doc.y
  doc
    .font('strong')
    .fontSize(SIZE.total)
    .text(seller, left, PAGE.margin, { width: PAGE.width / 2 })
  doc.font('text').fontSize(SIZE.text)
  for (const line of address) doc.text(line, { width: PAGE.width / 2 })
  doc.y = Math.max(doc.y, below) + 24

  if (buyer.length > 0) doc.fillColor(GREY).text(say('buyer')).fillColor('black')
  for (const line of buyer) doc.text(line, { width: PAGE.width })
  doc.moveDown(2)

  doc.fillColor(GREY)
  row(say('what'), say('amount'))
  doc.fillColor('black')
  rule()
  for (const line of invoice.lines) row(lineText(line, language), money(line.amount))
  rule()
  doc.font('strong').fontSize(SIZE.total)
  row(say('total'), money(invoice.total))
  doc.font('text').fontSize(SIZE.text).fillColor(GREY).text(say('paid'), right)
  if (invoice.note) doc.moveDown(3).text(invoice.note[language], { width: PAGE.width })
  doc.end()
  return done
}

function collect(doc: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((ready, failed) => {
    doc.on('data', (part: Buffer) => parts.push(part))
    doc.on('end', () => ready(Buffer.concat(parts)))
    doc.on('error', failed)
  })
}

// The whole of the thread: see `invoicePdf`.
parentPort?.postMessage(await draw(workerData as PdfWish))
