import type { Instant } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

export interface ReleaseListRow {
  readonly id: string
  readonly plan: string
  readonly origin: 'calendar' | 'catalog' | 'operator'
  readonly opens_at: Instant
  readonly closes_at: Instant | null
  readonly pieces: number
  readonly taken: number
  readonly drawn_by: 'lot' | 'first_come' | null
  readonly sold: number
  readonly joined: number
}

/** Releases since an instant and all to come, with what became of them. */
export async function releasesSince(on: Queries, since: Instant): Promise<readonly ReleaseListRow[]> {
  const { rows } = await sql<ReleaseListRow>`select r.id, r.plan, r.origin, r.opens_at, r.closes_at, r.pieces, r.taken,
      r.drawn_by,
      (select count(*)::int from sale_reservations s where s.release_id = r.id and s.state = 'sold') as sold,
      (select count(*)::int from sale_tickets t where t.release_id = r.id) as joined
    from sale_releases r where r.opens_at >= ${since} order by r.opens_at, r.plan`.execute(on)
  return rows
}
