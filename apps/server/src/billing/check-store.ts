import type { Minor } from '@codeplan/core'

import { sql, type Tx } from '../platform/index.ts'

/** Sums of what orders and refunds say, in minor units. */
export async function moneyRows(tx: Tx): Promise<{ readonly periods: Minor; readonly owed: Minor }> {
  const { rows } = await sql<{ periods: Minor; owed: Minor }>`select
    (coalesce((select sum(net) from paid_periods), 0)
      + coalesce((select sum(net) from seat_periods), 0))::int8 as periods,
    coalesce((select sum(amount) from refunds where state in ('requested', 'pending', 'failed')), 0)::int8 as owed`.execute(
    tx,
  )
  return rows[0] as { periods: Minor; owed: Minor }
}
