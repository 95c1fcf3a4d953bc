import { instant } from '@codeplan/core'

import { notify, sql, type Db } from './db.ts'
import type { Clock } from './clock.ts'

const CLOCK_CHANNEL = 'clock'
const OFFSET = 'sandbox_clock_offset_ms'

/**
 * A clock that `codeplan-server clock +3d` moves forward, for every process of the same database. Only for sandboxes:
 * it is used when CODEPLAN_SANDBOX=1, and no other command reads the offset.
 */
export async function openSandboxClock(db: Db, base: Clock): Promise<Clock> {
  let offsetMs = await readOffset(db)
  const refresh = async (): Promise<void> => {
    offsetMs = await readOffset(db)
  }
  // Heard while the database closes or is away, it changes nothing; the gap is made up when it is back.
  const again = (): void => void refresh().catch(() => undefined)
  await db.listen(CLOCK_CHANNEL, again, again)
  return { ...base, now: () => instant(base.now() + offsetMs), refresh }
}

/** Moves forward only: what has happened cannot be undone by a clock. Answers the new offset. */
export async function moveSandboxClock(db: Db, byMs: number): Promise<number> {
  return db.tx(async (tx) => {
    const { rows } = await sql<{ value: string }>`insert into settings (name, value) values (${OFFSET}, ${String(byMs)})
      on conflict (name) do update set value = (settings.value::int8 + excluded.value::int8)::text returning value`.execute(
      tx,
    )
    await notify(tx, CLOCK_CHANNEL)
    return Number(rows[0]?.value)
  })
}

async function readOffset(db: Db): Promise<number> {
  const { rows } = await sql<{ value: string }>`select value from settings where name = ${OFFSET}`.execute(db.queries)
  return Number(rows[0]?.value ?? 0)
}
