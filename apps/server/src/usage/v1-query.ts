import { instant, type Instant } from '@codeplan/core'
import { z } from 'zod'

/** What requests of our usage API have in common. */
const LIMIT_MAX = 500
const DAY_MS = 86_400_000
const SPAN_MS_DEFAULT = 30 * DAY_MS
/** A year and a leap day: longer periods are asked for in parts. */
const SPAN_MS_MAX = 367 * DAY_MS

const time = z.iso.datetime({ offset: true }).describe('An instant in ISO 8601, for example 2026-03-01T00:00:00+08:00')
export const span = z.object({ from: time.optional(), to: time.optional() })
export const limit = z.coerce.number().int().min(1).max(LIMIT_MAX).default(100)
const SECURITY = [{ key: [] }]

export const doc = (summary: string) => ({ summary, tags: ['usage'], security: SECURITY })

export function spanOf(
  query: { from?: string | undefined; to?: string | undefined },
  now: Instant,
): { from: Instant; to: Instant } {
  const to = query.to === undefined ? now + 1 : Date.parse(query.to)
  const from = query.from === undefined ? to - SPAN_MS_DEFAULT : Date.parse(query.from)
  return { from: instant(Math.max(from, to - SPAN_MS_MAX)), to: instant(to) }
}
