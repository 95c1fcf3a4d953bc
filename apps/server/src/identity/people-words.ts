import type { Language } from '../platform/index.ts'

/** A "no" of the console, with what its words need. */
export type PeopleRefusal =
  | {
      readonly code:
        | 'signed_out'
        | 'no_csrf_header'
        | 'not_allowed'
        | 'only_looking'
        | 'wrong_password'
        | 'code_needed'
        | 'wrong_code'
        | 'bad_link'
        | 'weak_password'
        | 'sign_up_closed'
        | 'two_step_on'
        | 'two_step_off'
        | 'no_such_key'
        | 'no_such_session'
        | 'no_such_member'
        | 'own_role'
        | 'keys_max'
        | 'busy'
        | 'unavailable'
        | 'fault'
        | 'sso_off'
        | 'sso_failed'
        | 'sso_address'
    }
  | { readonly code: 'bad_request'; readonly fields: readonly string[] }
  | { readonly code: 'bad_allow_list'; readonly why: string }
  | { readonly code: 'domain_not_allowed'; readonly domains: readonly string[] }
  | { readonly code: 'too_many_tries'; readonly retryAfterSec: number }

/** How a "no" of the console is sent: by each room that has some. */
export interface ConsoleWording {
  readonly status: number
  readonly code: string
  readonly text: Readonly<Record<Language, string>>
  readonly retryAfterSec?: number
  readonly detail?: Readonly<Record<string, unknown>>
}

const BUSY_SEC = 2

/** The one place where the console's refusals about people get their words. A missing case does not compile. */
export function wordPeople(refusal: PeopleRefusal): ConsoleWording {
  const { code } = refusal
  const say = (status: number, en: string, zh: string, more: Partial<ConsoleWording> = {}): ConsoleWording => ({
    status,
    code,
    text: { en, zh },
    ...more,
  })
  switch (refusal.code) {
    case 'signed_out':
      return say(401, 'Please sign in.', '请先登录。')
    case 'no_csrf_header':
      return say(403, 'The header x-codeplan-csrf: 1 is missing.', '缺少请求头 x-codeplan-csrf: 1。')
    case 'not_allowed':
      return say(403, 'Your role does not allow this.', '您的角色无权执行此操作。')
    case 'only_looking':
      return say(
        403,
        'You look with this member’s eyes: nothing can be changed. Leave first.',
        '您正以该成员的视角查看，无法进行任何更改。请先退出查看。',
      )
    case 'wrong_password':
      return say(
        401,
        'The e-mail address or the password is wrong, or the address was not confirmed yet: look for our letter.',
        '邮箱或密码错误，或邮箱尚未确认：请查收我们的邮件。',
      )
    case 'code_needed':
      return say(401, 'Please enter the code of your authenticator as well.', '请同时输入身份验证器中的验证码。')
    case 'wrong_code':
      return say(401, 'This code is not right, or it was used already.', '验证码错误或已被使用。')
    case 'bad_link':
      return say(400, 'This link was used, or is too old.', '该链接已使用或已过期。')
    case 'weak_password':
      return say(
        400,
        'This password is too easy to guess: it must not be your address or one letter again and again.',
        '该密码过于简单：不能是您的邮箱，也不能由同一字符重复组成。',
      )
    case 'sign_up_closed':
      return say(403, 'Sign-up is closed. The operator adds people.', '暂未开放注册，请联系运营方添加账户。')
    case 'two_step_on':
      return say(409, 'Two-step sign-in is on: switch it off first.', '两步验证已开启，请先关闭。')
    case 'two_step_off':
      return say(409, 'Two-step sign-in is not on.', '两步验证未开启。')
    case 'no_such_key':
      return say(404, 'You have no such key, or it was revoked.', '您没有该 API Key，或其已被吊销。')
    case 'no_such_session':
      return say(404, 'You have no such session.', '您没有该会话。')
    case 'no_such_member':
      return say(404, 'There is no such member.', '没有该成员。')
    case 'own_role':
      return say(409, 'Your own role is changed by another operator.', '您自己的角色需由其他运营人员修改。')
    case 'keys_max':
      return say(
        409,
        'You have as many keys as one may have: revoke one first.',
        'API Key 数量已达上限，请先吊销一个。',
      )
    case 'busy':
      return say(503, 'Too many people are signing in. Please try again.', '当前登录人数过多，请稍后再试。', {
        retryAfterSec: BUSY_SEC,
      })
    case 'unavailable':
      return say(503, 'The database is out of reach. Please try again.', '数据库暂时无法访问，请稍后再试。', {
        retryAfterSec: BUSY_SEC,
      })
    case 'fault':
      return say(500, 'Something went wrong on our side.', '服务器内部出错。')
    case 'sso_off':
      return say(
        404,
        'There is no such sign-in, or its provider cannot be reached.',
        '没有该登录方式，或其提供方无法连接。',
      )
    case 'sso_failed':
      return say(
        400,
        'The sign-in was broken off or took too long. Please begin again.',
        '登录已中断或超时，请重新开始。',
      )
    case 'sso_address':
      return say(
        403,
        'Your provider may not sign in this e-mail address, or has not confirmed it.',
        '您的登录提供方无权使用该邮箱登录，或尚未确认该邮箱。',
      )
    case 'bad_request':
      return say(400, `Please check: ${refusal.fields.join(', ')}.`, `请检查：${refusal.fields.join('、')}。`, {
        detail: { fields: refusal.fields },
      })
    case 'bad_allow_list':
      return say(400, `The list of addresses cannot be read: ${refusal.why}.`, `地址列表无法识别：${refusal.why}。`)
    case 'domain_not_allowed':
      return say(
        403,
        `Only addresses of ${refusal.domains.join(', ')} may sign up.`,
        `仅限 ${refusal.domains.join('、')} 的邮箱注册。`,
        { detail: { domains: refusal.domains } },
      )
    case 'too_many_tries':
      return say(
        429,
        `Too many tries. Go on in ${refusal.retryAfterSec} s, or set a new password by a letter.`,
        `尝试次数过多，请在 ${refusal.retryAfterSec} 秒后重试，或通过邮件重设密码。`,
        { retryAfterSec: refusal.retryAfterSec },
      )
  }
}
