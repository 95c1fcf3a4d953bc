import type { InvoiceContent } from './invoice.ts'

export type Language = 'en' | 'zh'
type Words = Readonly<Record<Language, string>>

/** What stands on every invoice. In China 发票 is the tax office's own paper, which this is not. */
export const WORDS = {
  title: { en: 'Invoice', zh: '账单' },
  number: { en: 'Number', zh: '编号' },
  date: { en: 'Date', zh: '日期' },
  buyer: { en: 'Billed to', zh: '客户' },
  what: { en: 'Description', zh: '项目' },
  amount: { en: 'Amount', zh: '金额' },
  total: { en: 'Total', zh: '合计' },
  paid: { en: 'Paid in full', zh: '已付清' },
} satisfies Readonly<Record<string, Words>>

const LINES: Readonly<Record<string, Words>> = {
  purchase: { en: 'Subscription', zh: '订阅' },
  renewal: { en: 'Renewal', zh: '续费' },
  upgrade: { en: 'Upgrade', zh: '升级' },
  balance: { en: 'Balance top-up', zh: '余额充值' },
  seats: { en: 'Seats', zh: '席位' },
  discount: { en: 'Discount', zh: '优惠' },
  credit: { en: 'Credit for the unused part of the former plan', zh: '原套餐未使用部分抵扣' },
}

const CYCLES: Readonly<Record<string, Words>> = {
  month: { en: 'monthly', zh: '按月' },
  quarter: { en: 'quarterly', zh: '按季' },
  year: { en: 'yearly', zh: '按年' },
}

/** `Renewal · GLM Coding Lite · monthly`; what is taken off is told by its own name. */
export function lineText({ what, plan, cycle }: InvoiceContent['lines'][number], language: Language): string {
  const isTakenOff = what === 'discount' || what === 'credit'
  const parts = [LINES[what]?.[language] ?? what]
  if (!isTakenOff && plan !== null) parts.push(plan)
  if (!isTakenOff && cycle !== null) parts.push(CYCLES[cycle]?.[language] ?? cycle)
  return parts.join(' · ')
}
