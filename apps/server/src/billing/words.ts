import { moneyText, wallText, type Minor } from '@codeplan/core'

import type { ConsoleWording } from '../identity/index.ts'
import type { NoCoupon } from './coupons.ts'
import type { NoTopUp } from './manage.ts'
import type { OrderRefusal } from './order.ts'
import type { PayRefusal } from './pay.ts'
import type { NoRefund } from './refund.ts'
import type { NoSeatRefund } from './seat-manage.ts'
import type { NoSetup } from './setups.ts'
import type { NoUpgrade } from './upgrade.ts'

/** Every "no" of the shop, with what the words need. */
export type BillingRefusal =
  | OrderRefusal
  | PayRefusal
  | NoUpgrade
  | NoRefund
  | NoSeatRefund
  | NoSetup
  | NoTopUp
  | { readonly code: 'quote_changed'; readonly due: Minor }
  | { readonly code: 'not_cancellable' | 'no_such_invoice' | 'code_unknown' | 'code_taken' | 'no_request_key' }

const COUPONS: Readonly<Record<NoCoupon, readonly [en: string, zh: string]>> = {
  coupon_unknown: ['There is no such coupon. Check the spelling.', '没有此优惠券，请检查拼写。'],
  coupon_used_by_you: ['You have used this coupon already.', '您已使用过此优惠券。'],
  coupon_not_yet: ['This coupon is not valid yet.', '此优惠券尚未生效。'],
  coupon_over: ['This coupon is no longer valid.', '此优惠券已过期。'],
  coupon_used_up: ['This coupon has been used up.', '此优惠券已被用完。'],
  coupon_other_plan: ['This coupon is for another plan.', '此优惠券不适用于该套餐。'],
}

/** The one place where refusals of the shop get their words. A missing case does not compile. */
export function wordBilling(
  refusal: BillingRefusal,
  { zone, currency }: { readonly zone: string; readonly currency: string },
): ConsoleWording {
  const say = (status: number, en: string, zh: string, detail: ConsoleWording['detail'] = {}): ConsoleWording => ({
    status,
    code: refusal.code,
    text: { en, zh },
    detail,
  })
  const money = (amount: Minor): string => `${moneyText(amount, currency)} ${currency}`
  switch (refusal.code) {
    case 'no_such_plan':
      return say(
        404,
        `There is no plan ${refusal.plan}. There are: ${refusal.plans.join(', ')}.`,
        `没有套餐 ${refusal.plan}，可选：${refusal.plans.join('、')}。`,
      )
    case 'cycle_not_sold':
      return say(
        422,
        `This plan is not sold by the ${refusal.cycle}. It is sold by: ${refusal.cycles.join(', ')}.`,
        `该套餐不支持此付费周期，可选：${refusal.cycles.join('、')}。`,
      )
    case 'already_subscribed': {
      const ends = wallText(zone, refusal.endsAt)
      const detail = { plan: refusal.plan, ends_at: new Date(refusal.endsAt).toISOString(), renews: refusal.renews }
      return refusal.renews
        ? say(
            409,
            `You have the plan ${refusal.plan}; it renews itself on ${ends}. To have more, choose an upgrade.`,
            `您已有 ${refusal.plan} 套餐，将于 ${ends} 自动续费。如需更多额度，请选择升级。`,
            detail,
          )
        : say(
            409,
            `You have the plan ${refusal.plan} until ${ends}. Switch its renewal on again, or choose an upgrade; neither needs stock.`,
            `您的 ${refusal.plan} 套餐有效至 ${ends}。可重新开启自动续费或选择升级，均不占用名额。`,
            detail,
          )
    }
    case 'order_open':
      return say(
        409,
        'You have an open order for this plan. Pay it, or cancel it first.',
        '您有一笔该套餐的待支付订单，请先支付或取消。',
        { order: refusal.orderId },
      )
    case 'coupon':
      return say(422, ...COUPONS[refusal.why], { why: refusal.why })
    case 'no_such_order':
      return say(404, 'You have no such order.', '没有此订单。')
    case 'order_closed':
      return refusal.state === 'open'
        ? say(409, 'This order cannot be carried out any more. Please order again.', '此订单已无法完成，请重新下单。', {
            state: refusal.state,
          })
        : say(409, `This order is ${refusal.state}. Please order again.`, '此订单已关闭，请重新下单。', {
            state: refusal.state,
          })
    case 'no_such_method':
      return say(404, 'You have no such payment method.', '没有此支付方式。')
    case 'method_too_small':
      return say(
        422,
        'What you have allowed for this payment method is less than the amount. Pay on the provider’s page; that renews the permission.',
        '此支付方式的授权额度低于应付金额，请前往支付页面付款并重新授权。',
      )
    case 'provider_off':
      return say(
        422,
        `Payments are possible by: ${refusal.providers.join(', ') || 'nothing at the moment'}.`,
        `目前可用的支付方式：${refusal.providers.join('、') || '无'}。`,
        { providers: refusal.providers },
      )
    case 'cannot_bind':
      return refusal.providers.length > 0
        ? say(
            422,
            `A method can be added by: ${refusal.providers.join(', ')}.`,
            `可通过以下方式添加支付方式：${refusal.providers.join('、')}。`,
            { providers: refusal.providers },
          )
        : say(
            422,
            'A method cannot be added by itself here. It is bound when you pay and let it be kept.',
            '此处无法单独添加支付方式，付款时选择保存即可绑定。',
            { providers: [] },
          )
    case 'no_such_seats':
      return say(404, 'The team has no such paid seats.', '团队没有此批付费席位。')
    case 'no_such_setup':
      return say(404, 'You have not begun to add such a method.', '没有此添加记录。')
    case 'provider_away':
      return say(
        503,
        'The payment provider does not answer. Nothing was charged twice: try again in a minute.',
        '支付服务暂时无响应，请一分钟后重试，不会重复扣款。',
      )
    case 'not_subscribed':
      return say(404, 'You have no paid subscription that runs.', '您没有正在生效的付费订阅。')
    case 'payment_open':
      return say(409, 'The payment of your renewal is open. Pay it first.', '您的续费尚未付款，请先完成支付。')
    case 'renewed_ahead': {
      const at = wallText(zone, refusal.at)
      return say(
        409,
        `Your next period is paid already. This is possible again from ${at}.`,
        `下一周期已付款，请于 ${at} 之后再操作。`,
        { at: new Date(refusal.at).toISOString() },
      )
    }
    case 'not_higher':
      return say(
        422,
        'This plan is not higher than yours. Choose it for the next period instead.',
        '该套餐不高于您当前的套餐，可将其设为下一周期的套餐。',
      )
    case 'shorter_cycle':
      return say(422, 'An upgrade keeps the cycle or takes a longer one.', '升级只能保持或延长付费周期。')
    case 'credit_exceeds_price':
      return say(
        422,
        `What is left of your plan is worth ${money(refusal.credit)}, more than the ${money(refusal.price)} to pay. Choose a longer cycle.`,
        `您当前套餐的剩余价值为 ${money(refusal.credit)}，高于应付的 ${money(refusal.price)}。请选择更长的周期。`,
      )
    case 'period_over':
      return say(409, 'Your period is over. Please order again.', '当前周期已结束，请重新下单。')
    case 'quote_changed':
      return say(
        409,
        `The amount has changed: it is ${money(refusal.due)} now.`,
        `金额已变化，现为 ${money(refusal.due)}。`,
        { amount: moneyText(refusal.due, currency), currency },
      )
    case 'refund_too_late': {
      const until = wallText(zone, refusal.until)
      return say(
        409,
        `A period could be given back until ${until}. You can switch the renewal off; the plan then runs to its end.`,
        `退订截止时间为 ${until}。您可以关闭自动续费，套餐将使用至期末。`,
      )
    }
    case 'not_an_amount':
      return say(
        422,
        `${refusal.text} is not an amount in ${currency}. Write it like 50 or 49.90.`,
        `${refusal.text} 不是有效的 ${currency} 金额，请写作 50 或 49.90。`,
      )
    case 'amount_out_of_range':
      return say(
        422,
        `Choose an amount from ${refusal.min} to ${refusal.max} ${currency}.`,
        `金额须在 ${refusal.min} 到 ${refusal.max} ${currency} 之间。`,
      )
    case 'not_cancellable':
      return say(
        409,
        'This order cannot be cancelled. A renewal is stopped by its switch.',
        '此订单无法取消。如需停止续费，请关闭自动续费。',
      )
    case 'no_such_invoice':
      return say(404, 'You have no such invoice.', '没有此发票。')
    case 'code_unknown':
      return say(404, 'There is no such code. Check the spelling.', '兑换码无效，请检查拼写。')
    case 'code_taken':
      return say(409, 'This code has been redeemed already.', '此兑换码已被使用。')
    case 'no_request_key':
      return say(
        400,
        'Send the header Idempotency-Key: your name for this wish, so that sent twice it is one order.',
        '请发送请求头 Idempotency-Key，以避免重复下单。',
      )
  }
}
