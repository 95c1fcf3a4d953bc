export { readAllowList } from './allow-list.ts'
export { isRefused, keyOf, makeIdentify, type Identify, type IdentifyRefusal, type Principal } from './identify.ts'
export { addMember, createKey } from './members.ts'
export { makeSeal, OPERATOR_KEY_BYTES, type Seal } from './seal.ts'
export {
  keysOfMember,
  memberByEmail,
  memberById,
  revokeKey,
  suspendMember,
  type KeyRow,
  type MemberRow,
} from './store.ts'
export { audit } from './audit.ts'
export { auditOf, deedDoneAt } from './audit-store.ts'
export {
  callerOf,
  languageFor,
  personOf,
  refuse,
  registerConsole,
  requestKeyOf,
  sendWording,
  visitorOf,
  type ConsoleRoutes,
} from './console.ts'
export { makePeople, type People } from './people.ts'
export type { ConsoleWording } from './people-words.ts'
export { registerPeople } from './routes.ts'
export { changeRole } from './role.ts'
export { hashToken, makeToken, openSession, SESSION_COOKIE, type Person } from './sessions.ts'
export type { SignedOn } from './sso.ts'
export { tell } from './letter.ts'
export { usageNoticesOf } from './people-store.ts'
export { addInvited, newPassword } from './invited.ts'
export type { Caller } from './people.ts'
export { signedInCookies } from './session-cookie.ts'
export { beginLook, lookCookies } from './look.ts'
export { meOf } from './me.ts'
export { personById } from './people-store.ts'
