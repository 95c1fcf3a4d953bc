import { HOUR_MS, wallText } from '@codeplan/core'

import { wholeSecond } from './whole-second.ts'
import type { Refusal, Wording } from './errors.ts'

type Stopped = Extract<Refusal, { code: 'balance_low' | 'overflow_stopped' }>

const DAY_MS = 24 * HOUR_MS
const MICROS_PER_UNIT = 1e8

const amount = (micros: number, currency: string): string => `${(micros / MICROS_PER_UNIT).toFixed(4)} ${currency}`
/** What is needed is never told as nothing, nor as less than it is. */
const upwards = (micros: number): number => Math.ceil(micros / MICROS_SHOWN) * MICROS_SHOWN
const MICROS_SHOWN = MICROS_PER_UNIT / 10_000

/** Where a plan is drawn, for who asks with a plan's key where the balance pays (S16). */
const PLAN_BASES = ['/api/anthropic', '/api/coding/paas/v4', '/api/v1']

/** 1113 and, for a plan that goes on at the expense of the balance, 1316 to 1319 (wire contract §1.3). */
export function wordWallet(refusal: Stopped, zone: string): Wording {
  const detail = detailOf(refusal)
  if (refusal.code === 'balance_low') {
    const { plan, embeds } = refusal
    const bases = embeds ? undefined : PLAN_BASES
    const en = bases
      ? ` Your ${plan} plan is not drawn at this address: use ${bases.join(' or ')}.`
      : ` Embeddings are not part of your ${plan} plan: they are paid from the balance.`
    const zh = bases
      ? `您的 ${plan} 套餐不适用于此地址，请改用 ${bases.join(' 或 ')}。`
      : `您的 ${plan} 套餐不含向量（Embedding）调用，须由余额支付。`
    return {
      status: 429,
      code: '1113',
      text: {
        en: `Insufficient balance or no resource package. Please recharge.${plan === undefined ? '' : en}`,
        zh: `余额不足或无可用资源包，请充值。${plan === undefined ? '' : zh}`,
      },
      detail: { ...detail, ...(plan === undefined ? {} : { plan, ...(bases && { plan_bases: bases }) }) },
    }
  }
  const isShort = refusal.lengthMs < DAY_MS
  const at = wallText(zone, refusal.resetsAt)
  const hours = refusal.lengthMs / HOUR_MS
  const span = isShort
    ? { en: `${hours} hours`, zh: `${hours} 小时` }
    : { en: `${hours / 24} days`, zh: `${hours / 24} 天` }
  const isCap = refusal.why.code === 'cap_reached'
  return {
    status: 429,
    code: isCap ? (isShort ? '1318' : '1319') : isShort ? '1316' : '1317',
    text: isCap
      ? {
          en: `Usage limit reached for the past ${span.en}. Extra usage is not available due to monthly spend limit. Resets at ${at}.`,
          zh: `已达到 ${span.zh}使用上限，超额用量已达每月消费上限。限额将在 ${at} 重置。`,
        }
      : {
          en: `Usage limit reached for the past ${span.en}. Insufficient balance for extra usage. Resets at ${at}.`,
          zh: `已达到 ${span.zh}使用上限，余额不足以支付超额用量。限额将在 ${at} 重置。`,
        },
    detail: { ...detail, window: refusal.window, resets_at: wholeSecond(refusal.resetsAt) },
  }
}

function detailOf({ why, currency }: Stopped): Record<string, unknown> {
  return why.code === 'balance_low'
    ? { available: amount(why.available, currency), needed: amount(upwards(why.needed), currency) }
    : { monthly_cap: amount(why.cap, currency), spent: amount(why.spent, currency) }
}
