import { moneyText, readMoney, type MemberId } from '@codeplan/core'

import { insertCoupon, makeRedeemCodes, wordBilling } from '../billing/index.ts'
import { memberByEmail } from '../identity/index.ts'
import { answer, wholeNumber, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

const day = (at: number): string => new Date(at).toISOString()

export const subscriptionShow: Command = {
  name: 'subscription show',
  usage: '<email>',
  does: 'shows what a member has bought: plan, period, renewal, bills, payments',
  words: { min: 1, max: 1 },
  run: async ({ billing, db }, { words: [email = ''] }) => {
    const member = await memberByEmail(db.queries, email)
    if (!member) return wrong(noMember(email))
    const memberId = member.id as MemberId
    const subscription = await billing.view(memberId)
    const orders = await billing.orders(memberId, 20)
    const data = {
      subscription,
      orders: orders.map(({ id, kind, state, plan, amount, currency, created_at }) => ({
        id,
        kind,
        state,
        plan,
        amount: moneyText(amount, currency),
        currency,
        at: day(created_at),
      })),
    }
    const { renewal } = subscription ?? {}
    const head = subscription
      ? [
          `${subscription.name}, ${subscription.status}, paid until ${subscription.period.ends_at}, served until ${subscription.served_until}`,
          renewal ? `renews on ${renewal.at} for ${renewal.price.amount} ${renewal.price.currency}` : 'does not renew',
        ]
      : ['no paid subscription']
    const lines = data.orders.map(
      (o) => `${o.at}  ${o.kind.padEnd(8)} ${o.state.padEnd(9)} ${o.amount.padStart(9)} ${o.currency}  ${o.id}`,
    )
    return answer(data, [...head, '', ...lines].join('\n'))
  },
}

export const refundCommand: Command = {
  name: 'refund',
  usage: '<email> [--amount 49.00] --reason "…"',
  does: 'ends a member’s paid subscription now and sends back what the rule says, or an amount up to what was paid for the period',
  words: { min: 1, max: 1 },
  options: { amount: 'string', reason: 'string' },
  audited: true,
  run: async ({ billing, catalog, clock, db }, { words: [email = ''], options }) => {
    const member = await memberByEmail(db.queries, email)
    if (!member) return wrong(noMember(email))
    if (typeof options.reason !== 'string') return wrong('say why: --reason "…"')
    const memberId = member.id as MemberId
    const { operator } = catalog.current()
    const offer = await billing.offerRefund(memberId, clock.now())
    if (!offer.ok) return wrong(wordBilling(offer.no, operator).text.en)
    const read = options.amount === undefined ? undefined : readMoney(String(options.amount), operator.currency)
    if (read?.ok === false) return wrong(`${String(options.amount)} is not an amount in ${operator.currency}`)
    const amount = read?.value ?? offer.value.amount
    const done = await billing.refund({ memberId, byOperator: { amount, reason: options.reason } }, clock.now())
    if (!done.ok) return wrong(wordBilling(done.no, operator).text.en)
    const text = `${moneyText(done.value.amount, operator.currency)} ${operator.currency}`
    return answer({ amount: text }, `${email}: the subscription has ended, ${text} go back`)
  },
}

export const couponCreate: Command = {
  name: 'coupon create',
  usage: '<code> [--percent 20 | --amount 10.00] [--plans lite,pro] [--uses 100]',
  does: 'makes a coupon for first orders; once a person',
  words: { min: 1, max: 1 },
  options: { percent: 'string', amount: 'string', plans: 'string', uses: 'string' },
  audited: true,
  run: async ({ catalog, clock, db }, { words: [code = ''], options }) => {
    const { operator, plans } = catalog.current()
    if (!/^[A-Z0-9-]{3,32}$/.test(code)) return wrong('use 3 to 32 capital letters, digits and dashes')
    if ((options.percent === undefined) === (options.amount === undefined))
      return wrong('give either --percent or --amount')
    const percent = options.percent === undefined ? undefined : wholeNumber(options.percent, 0)
    if (options.percent !== undefined && (percent === undefined || percent > 100))
      return wrong('--percent takes a whole number from 1 to 100')
    const amount = options.amount === undefined ? undefined : readMoney(String(options.amount), operator.currency)
    if (amount?.ok === false) return wrong(`--amount: not an amount in ${operator.currency}`)
    const named = options.plans === undefined ? [] : String(options.plans).split(',')
    const unknown = named.find((plan) => !plans.has(plan))
    if (unknown !== undefined) return wrong(`no plan ${unknown}: the catalog has ${[...plans.keys()].join(', ')}`)
    const usesMax = options.uses === undefined ? null : wholeNumber(options.uses, 1)
    if (usesMax === undefined) return wrong('--uses takes a whole number above 0')
    const terms = { percent, amount: amount?.value, plans: named, usesMax }
    const isNew = await insertCoupon(db.queries, { code, terms, by: 'command' }, clock.now())
    return isNew ? answer({ code, ...terms }, `coupon ${code} is there`) : wrong(`there is a coupon ${code} already`)
  },
}

const CODES_MAX = 1_000

export const redeemCreate: Command = {
  name: 'redeem create',
  usage: '<plan> [--months 1] [--count 10]  |  --balance 50.00 [--count 10]',
  does: 'makes redeem codes that give months of a plan, or money for the balance; shown this once',
  words: { min: 0, max: 1 },
  options: { months: 'string', balance: 'string', count: 'string' },
  audited: true,
  run: async ({ catalog, clock, db }, { words: [plan], options }) => {
    const { operator, plans } = catalog.current()
    const count = wholeNumber(options.count, 1)
    if (count === undefined || count > CODES_MAX) return wrong(`--count takes a whole number from 1 to ${CODES_MAX}`)
    const months = wholeNumber(options.months, 1)
    if (months === undefined || months > 1_200) return wrong('--months takes a whole number from 1 to 1200')
    if ((plan === undefined) === (options.balance === undefined)) return wrong('give either a plan or --balance')
    if (plan !== undefined && !plans.has(plan))
      return wrong(`no plan ${plan}: the catalog has ${[...plans.keys()].join(', ')}`)
    const balance = options.balance === undefined ? undefined : readMoney(String(options.balance), operator.currency)
    if (balance?.ok === false) return wrong(`--balance: not an amount in ${operator.currency}`)
    const gift = plan === undefined ? { balance: String(options.balance) } : { plan, months }
    const codes = await makeRedeemCodes(db.queries, { gift, count, by: 'command' }, clock.now())
    return answer({ codes, gift }, codes.join('\n'))
  },
}
