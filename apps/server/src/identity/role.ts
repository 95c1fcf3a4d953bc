import { no, yes, type Instant, type Outcome } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { audit } from './audit.ts'
import { personById, setRole, type Role } from './people-store.ts'
import { endSessions } from './sessions-store.ts'

export interface RoleWish {
  readonly memberId: string
  readonly role: Role
  readonly who: string
  readonly address: string
}

/** Sessions of the member end: nobody keeps the rights of a role in an open page. */
export async function changeRole(
  tx: Tx,
  { memberId, role, who, address }: RoleWish,
  now: Instant,
): Promise<Outcome<void, 'no_such_member' | 'own_role'>> {
  if (who === memberId) return no('own_role')
  if (!(await personById(tx, memberId))) return no('no_such_member')
  const before = await setRole(tx, memberId, role)
  if (before === undefined) return yes(undefined)
  await endSessions(tx, memberId, null)
  await audit(
    tx,
    { who, address, action: 'member role', whom: memberId, before: { role: before }, after: { role } },
    now,
  )
  return yes(undefined)
}
