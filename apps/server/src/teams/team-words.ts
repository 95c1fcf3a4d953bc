import type { ConsoleWording } from '../identity/index.ts'

export type TeamRefusal =
  | 'no_such_team'
  | 'not_team_admin'
  | 'no_free_seat'
  | 'no_such_seat'
  | 'has_seat'
  | 'not_in_team'
  | 'last_admin'
  | 'invited_already'
  | 'no_such_invitation'
  | 'bad_link'
  | 'other_person'
  | 'sign_in_first'
  | 'password_needed'
  | 'no_such_plan'
  | 'no_such_member'
  | 'no_such_group'
  | 'end_passed'
  | 'done_before'

const WORDS: Readonly<Record<TeamRefusal, readonly [status: number, en: string, zh: string]>> = {
  no_such_team: [404, 'You are in no such team.', '您不在该团队中。'],
  not_team_admin: [403, 'Only administrators of the team may do this.', '仅团队管理员可执行此操作。'],
  no_free_seat: [
    409,
    'No seat is free: take one back, or ask for more.',
    '没有空闲席位：请先收回一个，或申请更多席位。',
  ],
  no_such_seat: [404, 'The team has no such seat.', '团队没有该席位。'],
  has_seat: [409, 'This person has a seat already: one person, one seat.', '此人已有席位：每人仅限一个席位。'],
  not_in_team: [409, 'This person has not joined the team: send an invitation.', '此人尚未加入团队，请先发送邀请。'],
  last_admin: [409, 'A team needs an administrator: name another one first.', '团队至少需要一名管理员，请先指定他人。'],
  invited_already: [409, 'An invitation to this address stands already.', '已有发往该邮箱的有效邀请。'],
  no_such_invitation: [404, 'The team has no such invitation.', '团队没有该邀请。'],
  bad_link: [
    400,
    'This invitation was used, was taken back, or is older than 7 days.',
    '该邀请已使用、已撤回或已超过 7 天。',
  ],
  other_person: [
    403,
    'This invitation is for another address: sign in with that one.',
    '该邀请发往其他邮箱，请用该邮箱登录。',
  ],
  sign_in_first: [401, 'Please sign in with the invited address, then accept.', '请先用受邀邮箱登录，再接受邀请。'],
  password_needed: [400, 'Please choose a password: you are new here.', '您是新用户，请设置密码。'],
  no_such_plan: [400, 'There is no such plan.', '没有该套餐。'],
  no_such_member: [404, 'There is no such member.', '没有该成员。'],
  no_such_group: [404, 'The team has no such group.', '团队没有该用户组。'],
  end_passed: [400, 'The end must lie ahead.', '结束时间必须晚于现在。'],
  done_before: [
    409,
    'This was done already; the audit log says when. Nothing was done a second time.',
    '该操作此前已完成，可在审计日志中查看，未重复执行。',
  ],
}

/** The one place where refusals about teams get their words. A missing one does not compile. */
export function wordTeam(code: TeamRefusal): ConsoleWording {
  const [status, en, zh] = WORDS[code]
  return { status, code, text: { en, zh } }
}
