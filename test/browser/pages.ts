import type { Scene } from './scene.ts'

export interface ConsolePage {
  /** What its picture is called. */
  readonly name: string
  readonly path: string
  readonly who: keyof Scene['people'] | undefined
}

/** Every page of the console, as somebody sees it who has something on it, and as somebody who has nothing yet. */
export const pagesOf = ({ openOrder, paidOrder, people }: Scene): readonly ConsolePage[] => [
  ...open('plans', '/plans'),
  ...open('sign-in', '/account/sign-in'),
  ...open('sign-up', '/account/sign-up'),
  ...open('verify', '/account/verify?token=none'),
  ...open('reset', '/account/reset'),
  ...open('reset-confirm', '/account/reset?token=none'),
  ...open('join', '/team/join?token=none'),
  ...open('not-found', '/nowhere'),
  ...of('newcomer', 'plans-in-line', '/plans'),
  ...of('newcomer', 'checkout', '/checkout?plan=pro&cycle=month'),
  ...of('newcomer', 'order-open', `/orders/${openOrder}`),
  ...of('newcomer', 'subscription-none', '/subscription'),
  ...of('newcomer', 'keys-none', '/keys'),
  ...of('newcomer', 'tools-none', '/tools'),
  ...of('subscriber', 'usage', '/usage'),
  ...of('subscriber', 'setup', '/setup'),
  ...of('subscriber', 'setup-fields', '/setup?tool=cherry-studio'),
  ...of('subscriber', 'keys', '/keys'),
  ...of('subscriber', 'tools', '/tools'),
  ...of('subscriber', 'refused', '/refused'),
  ...of('subscriber', 'plans-own', '/plans'),
  ...of('subscriber', 'order-paid', `/orders/${paidOrder}`),
  ...of('subscriber', 'subscription', '/subscription'),
  ...of('subscriber', 'upgrade', '/subscription?wish=max'),
  ...of('subscriber', 'balance', '/balance'),
  ...of('subscriber', 'team', '/team'),
  ...of('subscriber', 'profile', '/profile'),
  ...of('operator', 'operator-today', '/operator'),
  ...of('operator', 'operator-members', '/operator/members'),
  ...of('operator', 'operator-member', `/operator/members/${people.subscriber.memberId}`),
  ...of('operator', 'operator-orders', '/operator/orders'),
  ...of('operator', 'operator-payments', '/operator/orders?part=payments'),
  ...of('operator', 'operator-coupons', '/operator/orders?part=coupons'),
  ...of('operator', 'operator-order', `/operator/orders/${paidOrder}`),
  ...of('operator', 'operator-releases', '/operator/releases'),
  ...of('operator', 'operator-catalog', '/operator/catalog'),
  ...of('operator', 'operator-upstreams', '/operator/upstreams'),
  ...of('operator', 'operator-economics', '/operator/economics'),
  ...of('operator', 'operator-tools', '/operator/tools'),
  ...of('operator', 'operator-audit', '/operator/audit'),
  ...of('operator', 'operator-system', '/operator/system'),
]

const open = (name: string, path: string): ConsolePage[] => [{ name, path, who: undefined }]
const of = (who: keyof Scene['people'], name: string, path: string): ConsolePage[] => [{ name, path, who }]
