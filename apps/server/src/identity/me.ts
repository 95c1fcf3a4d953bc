import type { Me } from '@codeplan/contract'

import type { PersonRow } from './people-store.ts'

/** A hundred minor units of a million micros. */
const MICROS_PER_UNIT = 1e8

export const microsOf = (amount: string | null): number | null =>
  amount === null ? null : Math.round(Number(amount) * 100) * (MICROS_PER_UNIT / 100)

/** A person as he sees himself. */
export const meOf = (row: PersonRow): Me => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  verified: row.verified_at !== null,
  language: row.language,
  zone: row.zone,
  usage_notices: [...row.usage_notices],
  balance_notice: row.balance_notice === null ? null : (row.balance_notice / MICROS_PER_UNIT).toFixed(2),
  totp: row.totp_since !== null,
  has_password: row.password_hash !== null,
  recovery_codes_left: row.recovery_hashes?.length ?? 0,
  created_at: new Date(row.created_at).toISOString(),
})
