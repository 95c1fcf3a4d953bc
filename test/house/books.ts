import { checkBooks, eventById, type EventRow } from '../../apps/server/src/entitlements/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import type { House, Subscriber } from './house.ts'
import { until } from './until.ts'

const MICRO = 1_000_000

/** What the windows of a subscriber hold now, in prompts, when every ended call is written. */
export async function drawn(house: House, { memberId }: Pick<Subscriber, 'memberId'>) {
  await house.rooms.entitlements.drain()
  const [standing] = await house.rooms.entitlements.standings(memberId, house.clock.now())
  if (!standing) throw new Error('there is no subscription')
  const windows = standing.windows.map(({ rule, used, settled, resetsAt }) => [
    rule.id,
    { used: used / MICRO, settled: settled / MICRO, resetsAt },
  ])
  return {
    inFlight: standing.inFlight,
    ...(Object.fromEntries(windows) as Record<'five_hour' | 'week', Drawn>),
  }
}

export interface Drawn {
  readonly used: number
  readonly settled: number
  readonly resetsAt: number | undefined
}

/** The receipt of a call, once it is written. */
export async function receiptOf(house: House, id: string): Promise<EventRow> {
  return until(`the call ${id} is settled`, async () => {
    await house.rooms.entitlements.drain()
    return eventById(house.rooms.db.queries, id)
  })
}

/** The receipt of the newest call of a member: for calls that hung up before they heard their id. */
export async function lastReceipt(house: House, { memberId }: Subscriber): Promise<EventRow> {
  return until('the last call is settled', async () => {
    await house.rooms.entitlements.drain()
    const { rows } = await sql<EventRow>`select * from meter_events where member_id = ${memberId}
      order by admitted_at desc, id desc limit 1`.execute(house.rooms.db.queries)
    return rows[0]
  })
}

/** Windows, prompts, holds and events tell the same story. */
export const faultsOfBooks = async ({ rooms, clock }: House) => (await checkBooks(rooms, clock.now())).faults
