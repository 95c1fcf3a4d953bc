import { wallText, type BuyRefusal, type Instant } from '@codeplan/core'

import type { Language } from './errors.ts'

/** Every "no" that a visitor of the limited sale can hear, with what the words need. */
export type SaleRefusal =
  | BuyRefusal
  | { readonly code: 'sign_in' }
  | { readonly code: 'not_verified' }
  /** A page of somebody else may have sent it: the header that only ours sends is missing. */
  | { readonly code: 'foreign_page' }
  | { readonly code: 'bad_request'; readonly why: string }
  | { readonly code: 'no_such_plan'; readonly plan: string; readonly plans: readonly string[] }
  | { readonly code: 'no_such_release' }
  | { readonly code: 'no_limit' }
  | { readonly code: 'room_not_open'; readonly roomOpensAt: Instant | undefined }
  | { readonly code: 'no_need_to_wait'; readonly plan: string }
  | { readonly code: 'already_waiting'; readonly plan: string }
  | { readonly code: 'no_ticket' }
  | { readonly code: 'out_of_reach' }

export interface SaleWording {
  readonly status: number
  readonly text: Readonly<Record<Language, string>>
  readonly detail: Readonly<Record<string, unknown>>
}

/** The one place where refusals of the sale get their words. A missing case does not compile. */
export function wordSale(refusal: SaleRefusal, zone: string): SaleWording {
  const say = (status: number, en: string, zh: string, detail: SaleWording['detail'] = {}): SaleWording => ({
    status,
    text: { en, zh },
    detail,
  })
  const again = (at: Instant | undefined) => ({
    en: at === undefined ? '' : ` The next pieces come on ${wallText(zone, at)} (${zone}).`,
    zh: at === undefined ? '' : `下一批将于 ${wallText(zone, at)}（${zone}）放出。`,
    detail: { next_release_at: at === undefined ? null : new Date(at).toISOString() },
  })
  switch (refusal.code) {
    case 'sign_in':
      return say(401, 'Please sign in first.', '请先登录。')
    case 'not_verified':
      return say(403, 'Please confirm your e-mail address first.', '请先验证您的邮箱地址。')
    case 'foreign_page':
      return say(
        403,
        'This can only be asked from our own pages: send the header x-codeplan-csrf: 1.',
        '该操作只能从本站页面发起：请携带请求头 x-codeplan-csrf: 1。',
      )
    case 'bad_request':
      return say(400, `The request cannot be read: ${refusal.why}.`, `请求无法识别：${refusal.why}。`)
    case 'no_such_plan':
      return say(
        404,
        `There is no plan ${refusal.plan}. Plans: ${refusal.plans.join(', ')}.`,
        `没有套餐 ${refusal.plan}。可选套餐：${refusal.plans.join('、')}。`,
        { plans: refusal.plans },
      )
    case 'no_such_release':
      return say(404, 'There is no such release.', '没有该批次。')
    case 'no_limit':
      return say(409, 'The sale is not limited: just buy.', '当前不限量，可直接购买。')
    case 'plan_paused':
      return say(409, 'This plan is not sold at the moment.', '该套餐暂停销售。')
    case 'order_open':
      return say(
        409,
        'You have an order for this plan that waits for its payment.',
        '您有一笔该套餐的订单正在等待付款。',
        { order: refusal.orderId },
      )
    case 'enough_for_you':
      return say(
        409,
        `Each person may take ${refusal.perPerson} until the next daily release, and you have.`,
        `每人在下次放量前限购 ${refusal.perPerson} 份，您已达上限。`,
        { per_person: refusal.perPerson },
      )
    case 'not_open_yet': {
      const { en, zh, detail } = again(refusal.opensAt)
      return say(409, `Nothing is on sale at the moment.${en}`, `当前尚未开售。${zh}`, detail)
    }
    case 'not_your_turn':
      return say(
        409,
        'Others are waiting for this plan. Join the line: you are called when it is your turn.',
        '该套餐正有人排队。请加入排队，轮到您时会通知。',
      )
    case 'sold_out': {
      const { en, zh, detail } = again(refusal.opensAt)
      return say(409, `This plan is sold out.${en}`, `该套餐已售罄。${zh}`, detail)
    }
    case 'room_not_open': {
      const at = refusal.roomOpensAt
      return say(
        409,
        `The waiting room is closed.${at === undefined ? '' : ` It opens on ${wallText(zone, at)} (${zone}).`}`,
        `等候室尚未开放。${at === undefined ? '' : `将于 ${wallText(zone, at)}（${zone}）开放。`}`,
        { room_opens_at: at === undefined ? null : new Date(at).toISOString() },
      )
    }
    case 'no_need_to_wait':
      return say(
        409,
        'Nobody waits for this plan, and there are pieces: just buy.',
        '该套餐有余量且无人排队，可直接购买。',
      )
    case 'already_waiting':
      return say(
        409,
        `You already wait for ${refusal.plan}. Leave that line first.`,
        `您已在排队等候 ${refusal.plan}，请先退出该队列。`,
        { plan: refusal.plan },
      )
    case 'no_ticket':
      return say(404, 'You do not wait for anything.', '您当前没有排队。')
    case 'out_of_reach':
      return say(503, 'The shop is out of reach for the moment, please try again.', '商店暂时无法访问，请稍后重试。')
  }
}
