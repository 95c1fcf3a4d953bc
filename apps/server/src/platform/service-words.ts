import { wallText, type Instant } from '@codeplan/core'

import type { Language, Wording } from './errors.ts'
import { wholeSecond } from './whole-second.ts'

/** Services beside the models: their refusals name the service, so that nobody takes them for one of the models' quota. */
export type ServiceRefusal =
  | { readonly code: 'service_not_in_plan'; readonly service: string; readonly plan: string }
  | {
      readonly code: 'service_used_up'
      readonly service: string
      readonly plan: string
      readonly calls: number
      readonly used: number
      /** Absent: a trial, which does not come back. */
      readonly resetsAt: Instant | undefined
    }
  | {
      readonly code: 'too_many_service_calls'
      readonly limit: 'per_minute' | 'concurrency'
      readonly max: number
      readonly retryAfterSec: number
    }
  /** Nobody who could serve it did. */
  | { readonly code: 'service_failed'; readonly service: string; readonly why: string }
  /** What was to be read or looked at cannot be: it lies with the address, not with us. */
  | { readonly code: 'page_refused'; readonly field: string; readonly why: Readonly<Record<Language, string>> }

const NAMES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  web_search: { en: 'web search', zh: '联网搜索' },
  web_reader: { en: 'web reader', zh: '网页读取' },
  vision: { en: 'vision', zh: '视觉理解' },
}
const nameOf = (service: string): Readonly<Record<Language, string>> => NAMES[service] ?? { en: service, zh: service }

export function wordService(refusal: ServiceRefusal, zone: string): Wording {
  switch (refusal.code) {
    case 'service_not_in_plan': {
      const name = nameOf(refusal.service)
      return {
        status: 429,
        code: '1311',
        text: {
          en: `Your current subscription plan does not yet include access to ${name.en} (${refusal.service}).`,
          zh: `当前订阅套餐暂未开放${name.zh}（${refusal.service}）权限。`,
        },
        detail: { service: refusal.service, plan: refusal.plan },
      }
    }
    case 'service_used_up':
      return wordUsedUp(refusal, zone)
    case 'too_many_service_calls': {
      const { limit, max, retryAfterSec } = refusal
      const inEnglish = limit === 'per_minute' ? `${callsOf(max)} a minute` : `${callsOf(max)} at the same time`
      const inChinese = limit === 'per_minute' ? `每分钟 ${max} 次` : `同时 ${max} 个请求`
      return {
        status: 429,
        code: '1302',
        text: {
          en: `Rate limit reached for requests: the services (web search, web reader, vision) allow ${inEnglish}.`,
          zh: `您的账户已达到速率限制：联网搜索、网页读取和视觉服务最多允许${inChinese}。`,
        },
        retryAfterSec,
        detail: { limit, max },
      }
    }
    case 'service_failed': {
      const name = nameOf(refusal.service)
      return {
        status: 502,
        code: '1234',
        text: {
          en: `The ${name.en} did not answer (${refusal.why}). Nothing was counted; please try again.`,
          zh: `${name.zh}服务未能应答（${refusal.why}）。本次未计量，请重试。`,
        },
        retryAfterSec: 1,
        detail: { service: refusal.service },
      }
    }
    case 'page_refused':
      return {
        status: 400,
        code: '1214',
        text: {
          en: `Parameter \`${refusal.field}\` is invalid: ${refusal.why.en}. Nothing was counted.`,
          zh: `${refusal.field} 参数非法：${refusal.why.zh}。本次未计量。`,
        },
        detail: { field: refusal.field },
      }
  }
}

/** 1310 like a month's end of the models, but it says of what; a trial says that it does not come back. */
function wordUsedUp(refusal: Extract<ServiceRefusal, { code: 'service_used_up' }>, zone: string): Wording {
  const { service, plan, calls, used, resetsAt } = refusal
  const name = nameOf(service)
  const detail = { service, plan, limit_calls: calls, used_calls: used }
  if (resetsAt === undefined) {
    return {
      status: 429,
      code: '1310',
      text: {
        en: `Trial Limit Exhausted for ${name.en} (${service}): your plan has ${callsOf(calls)} of it, once, and no more. Model calls are not affected. A higher plan has more.`,
        zh: `${name.zh}（${service}）的体验次数已用完：您的套餐仅含一次性 ${calls} 次调用。模型额度不受影响。升级套餐可获得更多次数。`,
      },
      detail: { ...detail, resets_at: null },
    }
  }
  const at = wallText(zone, resetsAt)
  return {
    status: 429,
    code: '1310',
    text: {
      en: `Weekly/Monthly Limit Exhausted for ${name.en} (${service}): ${used} of ${callsOf(calls)} used. Model calls are not affected. Your limit will reset at ${at}`,
      zh: `您已达到${name.zh}（${service}）的每月使用上限：${calls} 次已用 ${used} 次。模型额度不受影响。您的限额将在 ${at} 重置`,
    },
    detail: { ...detail, resets_at: wholeSecond(resetsAt) },
  }
}

const callsOf = (count: number): string => (count === 1 ? '1 call' : `${count} calls`)
