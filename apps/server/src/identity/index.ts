export { keyOf, makeIdentify, type Identify, type IdentifyRefusal, type Principal } from './identify.ts'
export { addMember, createKey } from './members.ts'
export { makeSeal, OPERATOR_KEY_BYTES, type Seal } from './seal.ts'
export { keysOfMember, memberByEmail, revokeKey, type KeyRow, type MemberRow } from './store.ts'
