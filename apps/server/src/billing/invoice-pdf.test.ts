import { inflateSync } from 'node:zlib'

import { instant } from '@codeplan/core'
import { describe, expect, test } from 'vitest'

import { invoicePdf } from './invoice-pdf.ts'
import { lineText } from './invoice-words.ts'
import type { InvoiceContent } from './invoice.ts'

const line = (what: string, amount: string) => ({ what, plan: 'GLM Coding Lite', cycle: 'month', amount })
const invoice: InvoiceContent = {
  number: 'INV-2026-000042',
  issuedAt: instant(Date.parse('2026-03-02T09:00:00+08:00')),
  zone: 'Asia/Shanghai',
  seller: ['示例公司', '1 Example Road'],
  note: { en: 'Thank you.', zh: '谢谢。' },
  currency: 'CNY',
  lines: [line('purchase', '49.00'), line('discount', '-24.50')],
  total: '24.50',
}

/** Characters that the embedded fonts can be searched and copied as, from the maps that are written for that. */
function characters(pdf: Buffer): string {
  const text = pdf.toString('latin1')
  const found = new Set<string>()
  for (const [, stream = ''] of text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)) {
    let map: string
    try {
      map = inflateSync(Buffer.from(stream, 'latin1')).toString('latin1')
    } catch {
      continue
    }
    if (!map.includes('begincmap')) continue
    for (const [hex] of map.matchAll(/(?<=<)[0-9a-f]{4}(?=[>\s])/gi)) found.add(String.fromCharCode(parseInt(hex, 16)))
  }
  return [...found].join('')
}

describe('an invoice as PDF', () => {
  test.each(['en', 'zh'] as const)('%s: one page of A4 with every sign it needs embedded', async (language) => {
    const pdf = await invoicePdf({ invoice, language, buyer: ['示例买方', 'buyer@example.org'] })
    const text = pdf.toString('latin1')
    expect(text.slice(0, 5)).toBe('%PDF-')
    expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1)
    expect(text).toContain('/MediaBox [0 0 595.28 841.89]')
    expect(text.match(/\/FontFile3/g)).toHaveLength(2)
    const needed = `示例公司示例买方INV-2026-000042 24.50 CNY@${language === 'zh' ? '账单合计优惠订阅谢' : 'Invoice Total Discount'}`
    const shown = characters(pdf)
    expect([...needed].filter((sign) => !shown.includes(sign))).toEqual([])
  })

  test('the same content gives the same bytes', async () => {
    const [a, b] = await Promise.all([1, 2].map(() => invoicePdf({ invoice, language: 'en', buyer: [] })))
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true)
  })

  test('what is taken off is told by its name alone', () => {
    expect(invoice.lines.map((l) => lineText(l, 'en'))).toEqual([
      'Subscription · GLM Coding Lite · monthly',
      'Discount',
    ])
    expect(invoice.lines.map((l) => lineText(l, 'zh'))).toEqual(['订阅 · GLM Coding Lite · 按月', '优惠'])
  })
})
