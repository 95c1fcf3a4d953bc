import { wallText, type BuyRefusal, type Instant } from '@codeplan/core'

import type { OrderRefusal } from '../billing/index.ts'
import type { ConsoleWording } from '../identity/index.ts'

/** Every "no" that a visitor of the limited sale can hear, with what the words need. */
export type SaleRefusal =
  | BuyRefusal
  | OrderRefusal
  | { readonly code: 'not_verified' }
  | { readonly code: 'no_such_release' }
  | { readonly code: 'no_limit' }
  | { readonly code: 'room_not_open'; readonly roomOpensAt: Instant | undefined }
  | { readonly code: 'no_need_to_wait' }
  | { readonly code: 'already_waiting'; readonly plan: string }
  | { readonly code: 'no_ticket' }

/** Turns follow each other: whoever asks at once again hears the same. */
const ASK_AGAIN_SEC = 2

/** The one place where refusals of the sale get their words. A missing case does not compile. */
export function wordSale(refusal: SaleRefusal, zone: string): ConsoleWording {
  const { code } = refusal
  const say = (status: number, en: string, zh: string, more: Partial<ConsoleWording> = {}): ConsoleWording => ({
    status,
    code,
    text: { en, zh },
    ...more,
  })
  const sayWhen = (en: string, zh: string, at: Instant | undefined): ConsoleWording =>
    say(
      409,
      at === undefined ? en : `${en} The next pieces come on ${wallText(zone, at)} (${zone}).`,
      at === undefined ? zh : `${zh}下一批将于 ${wallText(zone, at)}（${zone}）放出。`,
      { detail: { next_release_at: textOf(at) } },
    )
  switch (refusal.code) {
    case 'not_verified':
      return say(403, 'Please confirm your e-mail address first.', '请先确认您的邮箱地址。')
    case 'no_such_plan':
      return say(
        404,
        `There is no plan ${refusal.plan}. Plans: ${refusal.plans.join(', ')}.`,
        `没有套餐 ${refusal.plan}。可选套餐：${refusal.plans.join('、')}。`,
        { detail: { plans: refusal.plans } },
      )
    case 'cycle_not_sold':
      return say(
        409,
        `This plan is not sold by the ${refusal.cycle}. Possible: ${refusal.cycles.join(', ')}.`,
        `该套餐不支持此付费周期。可选：${refusal.cycles.join('、')}。`,
        { detail: { cycles: refusal.cycles } },
      )
    case 'already_subscribed':
      return say(
        409,
        `You are subscribed to ${refusal.plan} until ${wallText(zone, refusal.endsAt)}: upgrade it, or wait for its end.`,
        `您已订阅 ${refusal.plan}，有效期至 ${wallText(zone, refusal.endsAt)}：请升级，或待其到期。`,
        { detail: { plan: refusal.plan, ends_at: textOf(refusal.endsAt), renews: refusal.renews } },
      )
    case 'coupon':
      return say(409, 'This coupon does not hold for this order.', '该优惠券不适用于此订单。', {
        detail: { why: refusal.why },
      })
    case 'no_such_release':
      return say(404, 'There is no such release.', '没有该批次。')
    case 'no_limit':
      return say(409, 'The sale is not limited: just order.', '当前不限量，可直接下单。')
    case 'plan_paused':
      return say(409, 'This plan is not sold at the moment.', '该套餐暂停销售。')
    case 'order_open':
      return say(
        409,
        'You have an order for this plan that waits for its payment.',
        '您有一笔该套餐的订单正在等待付款。',
        { detail: { order: refusal.orderId } },
      )
    case 'enough_for_you':
      return say(
        409,
        `Each person may take ${refusal.perPerson} until the next daily release, and you have.`,
        `每人在下次放量前限购 ${refusal.perPerson} 份，您已达上限。`,
        { detail: { per_person: refusal.perPerson } },
      )
    case 'not_open_yet':
      return sayWhen('Nothing of this plan is on sale at the moment.', '该套餐当前未开售。', refusal.opensAt)
    case 'sold_out':
      return sayWhen('This plan is sold out.', '该套餐已售罄。', refusal.opensAt)
    case 'not_your_turn':
      return say(
        409,
        'Others wait for this plan. Stand in line: you are called when it is your turn.',
        '该套餐正有人排队。请加入排队，轮到您时即可下单。',
        { retryAfterSec: ASK_AGAIN_SEC },
      )
    case 'room_not_open': {
      const at = refusal.roomOpensAt
      return say(
        409,
        at === undefined
          ? 'There is nothing to wait for at the moment.'
          : `The waiting room opens on ${wallText(zone, at)} (${zone}).`,
        at === undefined ? '当前没有可排队的批次。' : `等候室将于 ${wallText(zone, at)}（${zone}）开放。`,
        { detail: { room_opens_at: textOf(at) } },
      )
    }
    case 'no_need_to_wait':
      return say(
        409,
        'There are pieces, and nobody waits for them: just order.',
        '该套餐有余量且无人排队，可直接下单。',
      )
    case 'already_waiting':
      return say(
        409,
        `You wait for ${refusal.plan} already. Leave that line first.`,
        `您已在排队等候 ${refusal.plan}，请先退出该队列。`,
        { detail: { plan: refusal.plan } },
      )
    case 'no_ticket':
      return say(404, 'You do not wait for anything.', '您当前没有排队。')
  }
}

const textOf = (at: Instant | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
