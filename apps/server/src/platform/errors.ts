import { HOUR_MS, wallText, type Instant, type WalletRefusal } from '@codeplan/core'

import { wordService, type ServiceRefusal } from './service-words.ts'
import { wordWallet } from './wallet-words.ts'
import { wholeSecond } from './whole-second.ts'

import { helpsAgainst } from './helps.ts'

/** Every "no" that a caller can hear from the model endpoints, with what the words need. */
export type Refusal =
  | { readonly code: 'no_key' }
  | { readonly code: 'bad_key' }
  | { readonly code: 'suspended'; readonly appeal: Readonly<Record<Language, string>> }
  /** Too many wrong keys from this address, or for this key's beginning. */
  | { readonly code: 'too_many_failures'; readonly retryAfterSec: number }
  | { readonly code: 'address_not_allowed'; readonly address: string }
  | { readonly code: 'not_found'; readonly path: string }
  | { readonly code: 'bad_body'; readonly why: string }
  | { readonly code: 'bad_field'; readonly field: string; readonly why: string }
  | { readonly code: 'missing_field'; readonly field: string }
  | { readonly code: 'body_too_large'; readonly limitBytes: number }
  /** No such response is kept for the caller: named by a request, or asked for itself. */
  | { readonly code: 'response_gone'; readonly status: 400 | 404 }
  | { readonly code: 'unknown_model'; readonly model: string }
  /** A model that embeds was asked to talk, or the other way round; `models`: those that can what was asked. */
  | {
      readonly code: 'method_not_supported'
      readonly model: string
      readonly method: 'chat' | 'embeddings'
      readonly models: readonly string[]
    }
  | {
      readonly code: 'model_not_in_plan'
      readonly model: string
      readonly plan: string
      readonly models: readonly string[]
    }
  /** No plan where a balance could pay instead, and no plan where only a plan counts. */
  | { readonly code: 'no_plan' }
  | { readonly code: 'never_subscribed' }
  /** No rule of the catalog knows the client, and the plan serves supported tools only. */
  | { readonly code: 'tool_not_supported'; readonly plan: string; readonly tools: readonly string[] }
  | { readonly code: 'plan_expired'; readonly endedAt: Instant }
  | {
      readonly code: 'window_full'
      readonly window: string
      readonly lengthMs: number
      readonly allowance: number
      readonly used: number
      readonly cost: number
      readonly resetsAt: Instant
    }
  /** An address where the balance pays; `plan`: the caller has one, drawn at other addresses; embeddings are in no plan. */
  | {
      readonly code: 'balance_low'
      readonly embeds?: boolean
      readonly why: WalletRefusal
      readonly currency: string
      readonly plan: string | undefined
    }
  /** A window is full, its member lets the balance go on, and that has ended too. */
  | {
      readonly code: 'overflow_stopped'
      readonly why: WalletRefusal
      readonly window: string
      readonly lengthMs: number
      readonly resetsAt: Instant
      readonly currency: string
    }
  | { readonly code: 'too_many_calls'; readonly inFlight: number; readonly concurrencyMax: number }
  | ServiceRefusal
  | { readonly code: 'upstream_busy'; readonly retryAfterSec: number }
  | { readonly code: 'upstream_failed'; readonly why: string }
  | { readonly code: 'upstream_refused'; readonly status: number; readonly message: string }
  | { readonly code: 'prompt_too_long' }
  | { readonly code: 'unavailable'; readonly why: 'database' | 'draining' }

export type Language = 'en' | 'zh'

/** Chinese when the caller prefers it. Coding tools send no preference: they get English. */
export function languageOf(accept: string | undefined): Language {
  if (!accept) return 'en'
  return /^\s*zh\b/i.test(accept) ? 'zh' : /\bzh\b/i.test(accept) && !/\ben\b/i.test(accept) ? 'zh' : 'en'
}

export interface Wording {
  readonly status: number
  /** Business code of the wire contract §1.3. */
  readonly code: string
  readonly text: Readonly<Record<Language, string>>
  /** Seconds after which trying again makes sense; absent: it does not, and the tool is told so. */
  readonly retryAfterSec?: number
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What else would work, and where to see why. */
const PAY_AS_YOU_GO = '/api/paas/v4'
const REFUSALS = '/api/usage/v1/refusals'
/** All of them stand in the detail. */
const TOOLS_NAMED_MAX = 5

const WEEK_MS = 168 * HOUR_MS
/** Short-lived limits name a wait that every tool obeys (measured: 1–5 s). */
const SHORT_WAIT_SEC = 2

/** The one place where refusals get their words, code and status. A missing case does not compile. */
export function word(refusal: Refusal, zone: string): Wording {
  const wording = wordingOf(refusal, zone)
  const detail = { ...wording.detail, helps: helpsAgainst(refusal), docs: `/docs/errors/${wording.code}.md` }
  return { ...wording, detail }
}

function wordingOf(refusal: Refusal, zone: string): Wording {
  switch (refusal.code) {
    case 'no_key':
      return {
        status: 401,
        code: '1001',
        text: {
          en: 'Authentication parameter not received in Header, unable to authenticate',
          zh: 'Header 中未收到 Authentication 参数，无法进行身份验证',
        },
      }
    case 'bad_key':
      return {
        status: 401,
        code: '401',
        text: { en: 'token expired or incorrect', zh: '令牌已过期或验证不正确！' },
      }
    case 'suspended':
      return {
        status: 429,
        code: '1313',
        text: {
          en: `Your account's current usage pattern does not comply with the Fair Usage Policy, and your requests have been limited. ${refusal.appeal.en}`,
          zh: `您的账户当前使用模式不符合公平使用策略，请求已受到限制。${refusal.appeal.zh}`,
        },
      }
    case 'too_many_failures':
      return {
        status: 429,
        code: '1302',
        text: {
          en: `Too many wrong API keys were sent from here. Keys are looked at again in ${refusal.retryAfterSec} s.`,
          zh: `此处发送的错误 API Key 过多，${refusal.retryAfterSec} 秒后再受理。`,
        },
        retryAfterSec: refusal.retryAfterSec,
      }
    case 'address_not_allowed':
      return {
        status: 403,
        code: '1220',
        text: {
          en: `This API key may not be used from the address ${refusal.address}. Its owner has limited it to others.`,
          zh: `该 API Key 不允许从地址 ${refusal.address} 使用，其所有者已限定可用地址。`,
        },
        detail: { address: refusal.address },
      }
    case 'not_found':
      return {
        status: 404,
        code: '1222',
        text: { en: `API ${refusal.path} does not exist`, zh: `API ${refusal.path} 不存在` },
        detail: { base_urls: { anthropic: '/api/anthropic', openai: '/api/coding/paas/v4', codex: '/api/v1' } },
      }
    case 'bad_body':
      return {
        status: 400,
        code: '1210',
        text: {
          en: `Invalid API parameter: the request body cannot be read (${refusal.why}).`,
          zh: `API 调用参数有误：无法读取请求体（${refusal.why}）。`,
        },
      }
    case 'bad_field':
      return {
        status: 400,
        code: '1214',
        text: {
          en: `Parameter \`${refusal.field}\` is invalid: ${refusal.why}. Please check the documentation.`,
          zh: `${refusal.field} 参数非法：${refusal.why}。请检查文档`,
        },
        detail: { field: refusal.field },
      }
    case 'missing_field':
      return {
        status: 400,
        code: '1213',
        text: { en: `Parameter \`${refusal.field}\` was not received.`, zh: `未正常接收到 ${refusal.field} 参数` },
        detail: { field: refusal.field },
      }
    case 'body_too_large': {
      const mib = Math.floor(refusal.limitBytes / 1_048_576)
      return {
        status: 413,
        code: '1210',
        text: {
          en: `The request body is larger than ${mib} MiB. Compact the conversation or send smaller images.`,
          zh: `请求体超过 ${mib} MiB。请压缩对话或发送更小的图片。`,
        },
        detail: { limit_bytes: refusal.limitBytes },
      }
    }
    case 'response_gone':
      return {
        status: refusal.status,
        code: '1214',
        text: {
          en: 'No response of this id is kept for you: it was not stored (`store: true`), was deleted, or has expired.',
          zh: '没有为您保留该 id 的响应：它未被存储（`store: true`）、已被删除或已过期。',
        },
        detail: { field: refusal.status === 400 ? 'previous_response_id' : 'id' },
      }
    case 'unknown_model':
      return {
        status: 400,
        code: '1211',
        text: {
          en: `Unknown Model \`${refusal.model}\`, please check the model code.`,
          zh: `模型 ${refusal.model} 不存在，请检查模型代码`,
        },
        detail: { model: refusal.model },
      }
    case 'method_not_supported':
      return {
        status: 400,
        code: '1212',
        text: {
          en: `Current model ${refusal.model} does not support the ${refusal.method} call method. Models that do: ${refusal.models.join(', ') || '–'}.`,
          zh: `当前模型 ${refusal.model} 不支持 ${refusal.method} 调用方式。支持的模型：${refusal.models.join('、') || '–'}。`,
        },
        detail: { model: refusal.model, method: refusal.method, models: refusal.models },
      }
    case 'model_not_in_plan':
      return {
        status: 429,
        code: '1311',
        text: {
          en: `Your current subscription plan does not yet include access to ${refusal.model}. Models in your plan: ${refusal.models.join(', ')}.`,
          zh: `当前订阅套餐暂未开放${refusal.model}权限。套餐内可用模型：${refusal.models.join('、')}。`,
        },
        detail: { model: refusal.model, plan: refusal.plan, models: refusal.models },
      }
    case 'no_plan':
      return {
        status: 429,
        code: '1113',
        text: {
          en: 'Insufficient balance or no resource package. This key has no coding plan: subscribe to one, or recharge.',
          zh: '余额不足或无可用资源包：该 API Key 没有编码套餐，请先订阅或充值。',
        },
        detail: { base_url: PAY_AS_YOU_GO },
      }
    case 'tool_not_supported':
      return {
        status: 429,
        code: '1113',
        text: {
          en: `Insufficient balance or no resource package for this client. Plan quota can be used only from supported coding tools (${refusal.tools.slice(0, TOOLS_NAMED_MAX).join(', ')} …), and none of their marks is in your request. Scripts and other programs use the pay-as-you-go address ${PAY_AS_YOU_GO}. Why: GET ${REFUSALS}`,
          zh: `余额不足或该客户端无可用资源包。套餐额度仅限在受支持的编码工具（${refusal.tools.slice(0, TOOLS_NAMED_MAX).join('、')} 等）中使用，而本次请求不含其任何标识。脚本及其他程序请使用按量付费地址 ${PAY_AS_YOU_GO}。原因查询：GET ${REFUSALS}`,
        },
        detail: { plan: refusal.plan, tools: refusal.tools, base_url: PAY_AS_YOU_GO, why: REFUSALS },
      }
    case 'never_subscribed':
      return {
        status: 429,
        code: '1309',
        text: {
          en: 'This key has no coding plan, and this address serves plans only. Subscribe to one to use it.',
          zh: '该 API Key 没有编码套餐，而此地址仅供套餐使用。请先订阅套餐。',
        },
        detail: { base_url: PAY_AS_YOU_GO },
      }
    case 'plan_expired':
      return {
        status: 429,
        code: '1309',
        text: {
          en: `Your coding plan has expired on ${wallText(zone, refusal.endedAt)}. You can resume using it after renewing the subscription.`,
          zh: `您的编码套餐已于 ${wallText(zone, refusal.endedAt)} 到期，暂无法使用，续订后即可恢复。`,
        },
        detail: { ended_at: wholeSecond(refusal.endedAt) },
      }
    case 'window_full':
      return wordWindow(refusal, zone)
    case 'balance_low':
    case 'overflow_stopped':
      return wordWallet(refusal, zone)
    case 'too_many_calls':
      return {
        status: 429,
        code: '1302',
        text: {
          en: `Rate limit reached for requests: ${refusal.inFlight} calls are running, your plan allows ${refusal.concurrencyMax} at the same time.`,
          zh: `您的账户已达到速率限制：正在运行 ${refusal.inFlight} 个请求，套餐最多允许 ${refusal.concurrencyMax} 个并发。`,
        },
        retryAfterSec: SHORT_WAIT_SEC,
        detail: { in_flight: refusal.inFlight, limit: refusal.concurrencyMax },
      }
    case 'service_not_in_plan':
    case 'service_used_up':
    case 'too_many_service_calls':
    case 'service_failed':
    case 'page_refused':
      return wordService(refusal, zone)
    case 'upstream_busy':
      return {
        status: 429,
        code: '1305',
        text: {
          en: 'The service may be temporarily overloaded, please try again later',
          zh: '该模型当前访问量过大，请您稍后再试',
        },
        retryAfterSec: refusal.retryAfterSec,
      }
    case 'upstream_failed':
      return {
        status: 502,
        code: '1234',
        text: {
          en: `The model did not answer (${refusal.why}). Nothing was counted; please try again.`,
          zh: `模型未能应答（${refusal.why}）。本次未计量，请重试。`,
        },
        retryAfterSec: 1,
      }
    case 'upstream_refused':
      return {
        status: refusal.status,
        code: '1210',
        text: { en: refusal.message, zh: refusal.message },
      }
    case 'prompt_too_long':
      return { status: 400, code: '1261', text: { en: 'Prompt too long', zh: 'Prompt 超长' } }
    case 'unavailable':
      return {
        status: 503,
        code: '1234',
        text:
          refusal.why === 'draining'
            ? { en: 'This server is restarting, please try again.', zh: '服务正在重启，请重试。' }
            : { en: 'Counting is out of reach for the moment, please try again.', zh: '计量服务暂时不可用，请重试。' },
        retryAfterSec: SHORT_WAIT_SEC,
      }
  }
}

/** 1308 names the hours of its window, 1310 is said of a week or longer (wire contract §1.5). */
function wordWindow(refusal: Extract<Refusal, { code: 'window_full' }>, zone: string): Wording {
  const at = wallText(zone, refusal.resetsAt)
  const shown = {
    allowance: refusal.allowance / 1_000_000,
    used: refusal.used / 1_000_000,
    cost: refusal.cost / 1_000_000,
  }
  const detail = {
    window: refusal.window,
    limit_prompts: shown.allowance,
    used_prompts: shown.used,
    needed_prompts: shown.cost,
    resets_at: wholeSecond(refusal.resetsAt),
  }
  if (refusal.lengthMs >= WEEK_MS) {
    return {
      status: 429,
      code: '1310',
      text: {
        en: `Weekly/Monthly Limit Exhausted. Your limit will reset at ${at}`,
        zh: `您已达到每周/每月使用上限，您的限额将在 ${at} 重置`,
      },
      detail,
    }
  }
  const hours = Math.round(refusal.lengthMs / HOUR_MS)
  return {
    status: 429,
    code: '1308',
    text: {
      en: `Usage limit reached for ${hours} hour. Your limit will reset at ${at}`,
      zh: `已达到 ${hours} 小时的使用上限。您的限额将在 ${at} 重置。`,
    },
    detail,
  }
}
