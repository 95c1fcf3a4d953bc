import { no, type Outcome } from '@codeplan/core'

import type { Config } from '../config.ts'
import { openRooms, type OpenFault, type Rooms } from '../rooms.ts'

const RETRY_MS = 200

/**
 * Opens the rooms. While another process has the folder, `beside` looks for another way (undefined: there is none) and
 * opening is tried again, for so long.
 */
export async function openWhenFree<T>(
  config: Config,
  msMax: number,
  beside: () => Promise<T | undefined>,
): Promise<Outcome<Rooms, OpenFault | { readonly kind: 'beside'; readonly found: T }>> {
  const endsAt = performance.now() + msMax
  for (;;) {
    const opened = await openRooms(config)
    if (opened.ok || opened.no.kind !== 'locked') return opened
    const found = await beside()
    if (found !== undefined) return no({ kind: 'beside', found })
    if (performance.now() > endsAt) return opened
    await new Promise((again) => setTimeout(again, RETRY_MS))
  }
}
