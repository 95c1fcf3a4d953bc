import { MINUTE_MS } from '@codeplan/core'

import { systemClock, type Clock } from '../../platform/index.ts'

/**
 * An instant of ours as a provider's clock shows it. They differ where the sandbox's clock was moved; whole minutes, so that
 * a question that is repeated says the same.
 */
export function onWallClock(at: number, ours: Clock): number {
  const ahead = ours.now() - systemClock.now()
  return at - Math.round(ahead / MINUTE_MS) * MINUTE_MS
}
