import { no, type Instant, type Micros } from '@codeplan/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { isoOf, shownMicros, wordBilling, type BillingRefusal } from '../billing/index.ts'
import type { CatalogFault, CatalogRoom } from '../catalog/index.ts'
import type { NoCredit } from '../entitlements/index.ts'
import { sendWording, type ConsoleWording } from '../identity/index.ts'

/** Every "no" that only an operator hears, with what its words need. */
export type AdminRefusal =
  | NoCredit
  | {
      readonly code:
        | 'no_such_member'
        | 'no_such_key_of_member'
        | 'no_such_order_of_anybody'
        | 'no_such_payment'
        | 'no_such_version'
        | 'no_such_letter'
        | 'already_so'
        | 'staff_member'
        | 'not_limited'
        | 'release_past'
        | 'coupon_there'
        | 'amount_nothing'
        | 'limit_not_in_file'
    }
  | { readonly code: 'done_before'; readonly at: Instant }
  | { readonly code: 'no_plan'; readonly plan: string; readonly plans: readonly string[] }
  | { readonly code: 'no_such_upstream'; readonly upstreams: readonly string[] }
  | { readonly code: 'paused_by_catalog'; readonly plan: string }
  | { readonly code: 'not_that_much'; readonly available: Micros }
  | { readonly code: 'catalog_faults'; readonly faults: readonly CatalogFault[] }
  | { readonly code: 'catalog_moved'; readonly running: number }

/** For deeds: what they refuse is one type. */
export const refused = (refusal: AdminRefusal) => no(refusal)

function wordAdmin(refusal: AdminRefusal): ConsoleWording {
  const say = (status: number, en: string, zh: string, detail: ConsoleWording['detail'] = {}): ConsoleWording => ({
    status,
    code: refusal.code,
    text: { en, zh },
    detail,
  })
  switch (refusal.code) {
    case 'no_such_member':
      return say(404, 'There is no such member.', '没有该成员。')
    case 'no_such_key_of_member':
      return say(404, 'This member has no such key, or it was revoked.', '该成员没有此 API Key，或其已被吊销。')
    case 'no_such_order_of_anybody':
      return say(404, 'There is no such order.', '没有该订单。')
    case 'no_such_payment':
      return say(404, 'There is no such payment that is still open.', '没有该笔未结清的支付。')
    case 'no_such_version':
      return say(404, 'There is no such version of the catalog.', '没有该目录版本。')
    case 'no_such_letter':
      return say(404, 'There is no such letter.', '没有该邮件。')
    case 'staff_member':
      return say(
        409,
        'This member has a role of staff: only members are looked at.',
        '该成员为工作人员，仅可查看普通成员。',
      )
    case 'already_so':
      return say(409, 'It is so already: nothing was changed.', '状态已是如此，未作任何更改。')
    case 'done_before':
      return say(
        409,
        'This was done already; the audit log says when. Nothing was done a second time.',
        '该操作此前已完成，可在审计日志中查看，未重复执行。',
        { done_at: isoOf(refusal.at) },
      )
    case 'not_limited':
      return say(409, 'The sale is not limited: everybody may buy.', '当前未限量，任何人均可购买。')
    case 'release_past':
      return say(409, 'That instant is over.', '该时间点已过。')
    case 'coupon_there':
      return say(409, 'There is a coupon of this code already.', '已存在相同代码的优惠券。')
    case 'amount_nothing':
      return say(400, 'An amount of nothing changes nothing.', '金额为零，不会产生任何变化。')
    case 'limit_not_in_file':
      return say(
        409,
        'The catalog does not say `sale.limited`: write it there and apply the catalog.',
        '目录中没有 `sale.limited`：请在目录中写明并应用。',
      )
    case 'no_plan':
      return say(
        404,
        `There is no plan ${refusal.plan}. Plans: ${refusal.plans.join(', ')}.`,
        `没有套餐 ${refusal.plan}。可选套餐：${refusal.plans.join('、')}。`,
        { plans: refusal.plans },
      )
    case 'no_such_upstream':
      return say(
        404,
        `There is no such upstream. Upstreams: ${refusal.upstreams.join(', ')}.`,
        `没有该上游。现有上游：${refusal.upstreams.join('、')}。`,
      )
    case 'paused_by_catalog':
      return say(
        409,
        `The catalog pauses ${refusal.plan}: take it out of \`sale.paused\` and apply the catalog.`,
        `目录中已暂停 ${refusal.plan}：请从 \`sale.paused\` 中移除并应用目录。`,
      )
    case 'not_that_much':
      return say(
        409,
        `Only ${shownMicros(refusal.available)} is free to be taken: the rest is set aside by running calls.`,
        `仅可扣减 ${shownMicros(refusal.available)}，其余金额已被进行中的调用预留。`,
        { available: shownMicros(refusal.available) },
      )
    case 'catalog_faults':
      return say(
        422,
        `The catalog has ${refusal.faults.length} faults; nothing was applied.`,
        `目录有 ${refusal.faults.length} 处错误，未应用任何更改。`,
        { faults: refusal.faults },
      )
    case 'catalog_moved':
      return say(
        409,
        `Version ${refusal.running} runs meanwhile, applied by somebody else: look at it first.`,
        `期间已有他人应用了版本 ${refusal.running}，请先查看。`,
        { running: refusal.running },
      )
    case 'not_subscribed':
      return say(409, 'This member has no running subscription.', '该成员没有生效中的订阅。')
    case 'no_such_window':
      return say(
        404,
        `The plan has no window ${refusal.window}, but ${refusal.windows.join(', ')}.`,
        `套餐没有额度窗口 ${refusal.window}，可选：${refusal.windows.join('、')}。`,
      )
    case 'window_untouched':
      return say(
        409,
        `Window ${refusal.window} is untouched: all of it is left.`,
        `额度窗口 ${refusal.window} 尚未使用，仍为全额。`,
      )
  }
}

export type Refuse = (request: FastifyRequest, reply: FastifyReply, refusal: AdminRefusal) => never

/** Sends a "no" of this room, in the language of whoever asks. What no schema describes is written as it is. */
export const refuseAdmin: Refuse = (request, reply, refusal) => {
  reply.serializer((body) => JSON.stringify(body))
  return sendWording(request, reply, wordAdmin(refusal)) as never
}

export const refuseShop =
  (catalog: CatalogRoom) =>
  (request: FastifyRequest, reply: FastifyReply, refusal: BillingRefusal): never => {
    reply.serializer((body) => JSON.stringify(body))
    return sendWording(request, reply, wordBilling(refusal, catalog.current().operator)) as never
  }

export const BASE = '/api/admin/v1'
export const doc = (summary: string) => ({ summary, tags: ['operator'] })
