import { wallText, type Instant } from '@codeplan/core'

import type { Language } from './errors.ts'

/** What each kind of letter tells of. Amounts are decimal text; instants are shown on the reader's clock. */
export interface MailData {
  readonly verify: { readonly link: string; readonly ends_at: number }
  readonly already_member: { readonly link: string }
  readonly reset: { readonly link: string; readonly ends_at: number }
  /** Something about how the person signs in has changed. */
  readonly sign_in_changed: { readonly what: SignInChange; readonly at: number }
  /** Of whom we do not know the language, it is the inviting one's. */
  readonly team_invitation: {
    readonly language?: Language
    readonly team: string
    readonly by: string
    readonly link: string
    readonly ends_at: number
  }
  readonly seat_given: { readonly team: string; readonly plan: string; readonly ends_at: number }
  readonly seat_taken: { readonly team: string; readonly plan: string }
  readonly receipt: {
    readonly what: string
    readonly amount: string
    readonly currency: string
    readonly invoice: string
  }
  readonly renewal_notice: {
    readonly plan: string
    readonly amount: string
    readonly currency: string
    readonly at: number
  }
  readonly payment_declined: {
    readonly plan: string
    readonly amount: string
    readonly currency: string
    /** Null: it is not tried again by itself. */
    readonly next_try: number | null
    readonly ends_at: number
    readonly pay_url: string
  }
  readonly subscription_ended: { readonly plan: string; readonly at: number }
  readonly refund_sent: { readonly amount: string; readonly currency: string }
  readonly upgrade_done: { readonly from: string; readonly to: string; readonly at: number }
  readonly window_filled: {
    readonly plan: string
    readonly hours: number
    readonly percent: number
    readonly resets_at: number
  }
  readonly balance_low: { readonly balance: string; readonly currency: string }
}

export type MailKind = keyof MailData
export type SignInChange = 'password' | 'totp_on' | 'totp_off' | 'recovery_codes'

/** What a letter says: the link or button stands after the text. */
export interface Letter {
  readonly subject: string
  readonly lines: readonly string[]
  readonly link?: { readonly label: string; readonly url: string }
}

interface Reader {
  readonly operator: string
  readonly when: (at: number) => string
}

type Words<Kind extends MailKind> = Readonly<Record<Language, (data: MailData[Kind], reader: Reader) => Letter>>

const IGNORE = {
  en: 'If you did not ask for this, ignore this letter: nothing changes.',
  zh: '如果这不是您本人的操作，请忽略本邮件，不会有任何变化。',
}
const NOT_YOU = {
  en: 'If this was not you, set a new password at once; that ends all sessions.',
  zh: '如果这不是您本人的操作，请立即重设密码，所有会话将随之结束。',
}
const CHANGES: Readonly<Record<SignInChange, Readonly<Record<Language, string>>>> = {
  password: { en: 'Your password was changed', zh: '您的密码已修改' },
  totp_on: { en: 'Two-step sign-in was switched on', zh: '两步验证已开启' },
  totp_off: { en: 'Two-step sign-in was switched off', zh: '两步验证已关闭' },
  recovery_codes: { en: 'Your recovery codes were replaced', zh: '您的恢复码已更换' },
}

/** All words of all letters, in both languages. A kind without words does not compile. */
const WORDS: { readonly [Kind in MailKind]: Words<Kind> } = {
  verify: {
    en: ({ link, ends_at }, { operator, when }) => ({
      subject: `Confirm your address for ${operator}`,
      lines: [`Please confirm that this address is yours. The link works until ${when(ends_at)}.`, IGNORE.en],
      link: { label: 'Confirm the address', url: link },
    }),
    zh: ({ link, ends_at }, { operator, when }) => ({
      subject: `请确认您在 ${operator} 的邮箱地址`,
      lines: [`请确认这是您的邮箱地址。链接有效期至 ${when(ends_at)}。`, IGNORE.zh],
      link: { label: '确认邮箱地址', url: link },
    }),
  },
  already_member: {
    en: ({ link }, { operator }) => ({
      subject: `You already have an account at ${operator}`,
      lines: [
        'Somebody wished to sign up with this address, but it has an account. Sign in, or set a new password.',
        IGNORE.en,
      ],
      link: { label: 'Sign in', url: link },
    }),
    zh: ({ link }, { operator }) => ({
      subject: `您在 ${operator} 已有账户`,
      lines: ['有人尝试用此邮箱注册，但该邮箱已有账户。请直接登录，或重设密码。', IGNORE.zh],
      link: { label: '登录', url: link },
    }),
  },
  reset: {
    en: ({ link, ends_at }, { operator, when }) => ({
      subject: `Set a new password for ${operator}`,
      lines: [`Set a new password by the link below. It works once, until ${when(ends_at)}.`, IGNORE.en],
      link: { label: 'Set a new password', url: link },
    }),
    zh: ({ link, ends_at }, { operator, when }) => ({
      subject: `重设您在 ${operator} 的密码`,
      lines: [`请通过下方链接设置新密码。链接仅可使用一次，有效期至 ${when(ends_at)}。`, IGNORE.zh],
      link: { label: '设置新密码', url: link },
    }),
  },
  sign_in_changed: {
    en: ({ what, at }, { when }) => ({
      subject: CHANGES[what].en,
      lines: [`${CHANGES[what].en} at ${when(at)}.`, NOT_YOU.en],
    }),
    zh: ({ what, at }, { when }) => ({
      subject: CHANGES[what].zh,
      lines: [`${CHANGES[what].zh}（${when(at)}）。`, NOT_YOU.zh],
    }),
  },
  team_invitation: {
    en: ({ team, by, link, ends_at }, { when }) => ({
      subject: `${team} invites you`,
      lines: [`${by} invites you to use a seat of ${team}. The invitation stands until ${when(ends_at)}.`],
      link: { label: 'Accept', url: link },
    }),
    zh: ({ team, by, link, ends_at }, { when }) => ({
      subject: `${team} 邀请您加入`,
      lines: [`${by} 邀请您使用 ${team} 的一个席位。邀请有效期至 ${when(ends_at)}。`],
      link: { label: '接受邀请', url: link },
    }),
  },
  seat_given: {
    en: ({ team, plan, ends_at }, { when }) => ({
      subject: `You have a seat of ${team}`,
      lines: [
        `You may use ${plan} on a seat of ${team} until ${when(ends_at)}. Make an API key and point your tool at it.`,
      ],
    }),
    zh: ({ team, plan, ends_at }, { when }) => ({
      subject: `您已获得 ${team} 的席位`,
      lines: [`您可通过 ${team} 的席位使用 ${plan}，有效期至 ${when(ends_at)}。请创建 API Key 并配置到您的工具。`],
    }),
  },
  seat_taken: {
    en: ({ team, plan }) => ({
      subject: `Your seat of ${team} has ended`,
      lines: [`${team} has ended your seat: ${plan} is no longer served on it. What you have bought yourself goes on.`],
    }),
    zh: ({ team, plan }) => ({
      subject: `您在 ${team} 的席位已结束`,
      lines: [`${team} 已收回您的席位，${plan} 不再通过该席位提供服务。您自行购买的套餐不受影响。`],
    }),
  },
  receipt: {
    en: ({ what, amount, currency, invoice }) => ({
      subject: `Receipt ${invoice}`,
      lines: [`Thank you. We have received ${amount} ${currency} for ${what}. Invoice: ${invoice}.`],
    }),
    zh: ({ what, amount, currency, invoice }) => ({
      subject: `收据 ${invoice}`,
      lines: [`感谢您。我们已收到 ${what} 的款项 ${amount} ${currency}。账单号：${invoice}。`],
    }),
  },
  renewal_notice: {
    en: ({ plan, amount, currency, at }, { when }) => ({
      subject: `${plan} renews soon`,
      lines: [
        `${plan} renews at ${when(at)}: ${amount} ${currency} will be charged to the bound payment method.`,
        'You can switch the renewal off until then; what you have paid for stays.',
      ],
    }),
    zh: ({ plan, amount, currency, at }, { when }) => ({
      subject: `${plan} 即将续费`,
      lines: [
        `${plan} 将于 ${when(at)} 续费，届时从已绑定的支付方式扣款 ${amount} ${currency}。`,
        '在此之前您可以关闭自动续费，已付费的部分不受影响。',
      ],
    }),
  },
  payment_declined: {
    en: ({ plan, amount, currency, next_try, ends_at, pay_url }, { when }) => ({
      subject: `The payment for ${plan} was declined`,
      lines: [
        `${amount} ${currency} for ${plan} could not be charged.`,
        next_try === null ? 'It will not be tried again by itself.' : `It is tried again at ${when(next_try)}.`,
        `Your plan is served until ${when(ends_at)}.`,
      ],
      link: { label: 'Pay now', url: pay_url },
    }),
    zh: ({ plan, amount, currency, next_try, ends_at, pay_url }, { when }) => ({
      subject: `${plan} 扣款失败`,
      lines: [
        `${plan} 的款项 ${amount} ${currency} 未能扣款。`,
        next_try === null ? '系统不会再自动重试。' : `将于 ${when(next_try)} 再次尝试。`,
        `您的套餐可继续使用至 ${when(ends_at)}。`,
      ],
      link: { label: '立即支付', url: pay_url },
    }),
  },
  subscription_ended: {
    en: ({ plan, at }, { when }) => ({
      subject: `${plan} has ended`,
      lines: [`${plan} ended at ${when(at)}. Your keys and your usage are kept; buy again whenever you like.`],
    }),
    zh: ({ plan, at }, { when }) => ({
      subject: `${plan} 已结束`,
      lines: [`${plan} 已于 ${when(at)} 结束。您的 API Key 和用量记录会保留，可随时重新购买。`],
    }),
  },
  refund_sent: {
    en: ({ amount, currency }) => ({
      subject: 'Your refund is on its way',
      lines: [`${amount} ${currency} go back to the method you paid with. Banks take some days to show it.`],
    }),
    zh: ({ amount, currency }) => ({
      subject: '退款已发出',
      lines: [`${amount} ${currency} 将原路退回，到账可能需要几个工作日。`],
    }),
  },
  upgrade_done: {
    en: ({ from, to, at }, { when }) => ({
      subject: `You have ${to} now`,
      lines: [`Your plan ${from} became ${to} at ${when(at)}.`],
    }),
    zh: ({ from, to, at }, { when }) => ({
      subject: `您已升级到 ${to}`,
      lines: [`您的套餐已于 ${when(at)} 由 ${from} 升级为 ${to}。`],
    }),
  },
  window_filled: {
    en: ({ plan, hours, percent, resets_at }, { when }) => ({
      subject: `${percent}% of ${hours === 168 ? 'this week' : `${hours} hours`} used`,
      lines: [
        `Your plan ${plan} has used ${percent}% of what it allows in ${hours === 168 ? 'a week' : `${hours} hours`}.`,
        `It begins anew at ${when(resets_at)}.`,
        'At which shares you are told is set in your profile.',
      ],
    }),
    zh: ({ plan, hours, percent, resets_at }, { when }) => ({
      subject: `${hours === 168 ? '本周' : `${hours} 小时`}额度已用 ${percent}%`,
      lines: [
        `您的套餐 ${plan} 已用${hours === 168 ? '本周' : `${hours} 小时`}额度的 ${percent}%。`,
        `将于 ${when(resets_at)} 重置。`,
        '提醒的比例可在个人设置中修改。',
      ],
    }),
  },
  balance_low: {
    en: ({ balance, currency }) => ({
      subject: 'Your balance is low',
      lines: [`Your balance is ${balance} ${currency}. Calls that it pays are refused when it is used up.`],
    }),
    zh: ({ balance, currency }) => ({
      subject: '余额不足提醒',
      lines: [`您的余额为 ${balance} ${currency}。余额用完后，按量付费的请求将被拒绝。`],
    }),
  },
}

export function wordMail(
  mail: { readonly kind: string; readonly data: unknown },
  reader: { readonly operator: string; readonly zone: string; readonly language: Language },
): Letter {
  const words = (
    WORDS as Readonly<Record<string, Readonly<Record<Language, (data: never, reader: Reader) => Letter>>>>
  )[mail.kind]
  if (!words) throw new Error(`no words for letters of kind ${mail.kind}`)
  const when = (at: number): string => `${wallText(reader.zone, at as Instant)} (${reader.zone})`
  return words[reader.language](mail.data as never, { operator: reader.operator, when })
}

export function plainText({ lines, link }: Letter): string {
  return [...lines, ...(link ? [`${link.label}: ${link.url}`] : [])].join('\n\n').concat('\n')
}

/** No images, no styles from elsewhere, nothing that tells who has read it. */
export function html({ subject, lines, link }: Letter): string {
  const paragraphs = lines.map((line) => `<p>${escaped(line)}</p>`)
  const last = link ? [`<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`] : []
  return `<!doctype html><html><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body>${[...paragraphs, ...last].join('')}</body></html>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string)
