import type { Instant } from '@codeplan/core'

import { sql, type Queries, type Tx } from '../platform/index.ts'

/** What calls of a subscription sum up to in a time. */
export interface Used {
  readonly subscription_id: string
  readonly calls: number
  readonly charge: number
  readonly input_tokens: number
  readonly output_tokens: number
}

/** By whole hours (UTC). */
export async function usedBySubscription(
  on: Queries | Tx,
  ids: readonly string[],
  from: Instant,
  to: Instant,
): Promise<readonly Used[]> {
  const { rows } = await sql<Used>`select subscription_id, sum(calls)::int8 as calls, sum(charge)::int8 as charge,
    sum(input_tokens + cache_read_tokens + cache_write_tokens)::int8 as input_tokens,
    sum(output_tokens)::int8 as output_tokens from usage_hours
    where subscription_id = any(${[...ids]}) and hour_at >= ${from} and hour_at < ${to} group by 1`.execute(on)
  return rows
}
