import type { Db } from '../platform/index.ts'
import { DRAINED_CHANNEL, drainedRows } from './drained-store.ts'

/** Upstreams that the operator has drained: no call is sent there, on any node. Those that run end by themselves. */
export interface Drained {
  has(upstream: string): boolean
  /** Called when it may have changed. */
  onChange(work: () => void): void
}

const AGAIN_MS = 1_000

export async function openDrained(db: Db): Promise<Drained> {
  let drained: ReadonlySet<string> = new Set()
  const works: (() => void)[] = []
  const read = async (): Promise<void> => {
    drained = new Set((await drainedRows(db.queries)).map(({ upstream }) => upstream))
    for (const work of works) work()
  }
  const again = (): void => void read().catch(() => setTimeout(again, AGAIN_MS).unref())
  await db.listen(DRAINED_CHANNEL, again, again)
  await read()
  return {
    has: (upstream) => drained.has(upstream),
    onChange: (work) => works.push(work),
  }
}
