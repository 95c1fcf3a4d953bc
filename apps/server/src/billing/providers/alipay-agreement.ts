import { instant, moneyText, wallClock } from '@codeplan/core'

import type { Debits } from './port.ts'

export const ZONE = 'Asia/Shanghai'
/** The only currency of its domestic trades. */
export const CURRENCY = 'CNY'
/** Days after the end of the period until which a debit that was declined may be tried again. */
const RETRY_DAYS = 3
const DAY_MAX = 28

export const PERSONAL_PRODUCT = 'CYCLE_PAY_AUTH_P'

const text = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/**
 * The first day of debit of an agreement, of a plan whose period ends at `dueAt`. Alipay lets debits through from five days
 * before that day of a month to the day itself, and knows no day after the 28th. Ours are made when the period ends and
 * again in the days after, so the day is a little later; from the 28th on it is the first of the next month.
 */
export function executeDay(dueAt: number): string {
  const due = wallClock(ZONE, instant(dueAt))
  const day = due.day + RETRY_DAYS
  if (day <= DAY_MAX) return text(due.year, due.month, day)
  if (due.day < DAY_MAX) return text(due.year, due.month, DAY_MAX)
  return due.month === 12 ? text(due.year + 1, 1, 1) : text(due.year, due.month + 1, 1)
}

/** Alipay takes letters and digits alone in its merchants' numbers of agreements. */
export const numberOf = (id: string): string => id.replace('_', '')
export const idOfNumber = (number: string): string => `${number.slice(0, 3)}_${number.slice(3)}`

/** What the customer signs, alone or beside paying: how much at most, how often, from when. */
export function agreementTerms(id: string, { amountMax, months, firstAt }: Debits, signScene: string) {
  return {
    product_code: 'CYCLE_PAY_AUTH',
    personal_product_code: PERSONAL_PRODUCT,
    sign_scene: signScene,
    // By it the customer's signature is known to be of this payment, or setup.
    external_agreement_no: numberOf(id),
    access_params: { channel: 'QRCODE' },
    period_rule_params: {
      period_type: 'MONTH',
      period: months,
      execute_time: executeDay(firstAt),
      single_amount: moneyText(amountMax, CURRENCY),
    },
  }
}
