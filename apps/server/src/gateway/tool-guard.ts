import { HOUR_MS, type Instant } from '@codeplan/core'

/** From this share of the members on, the rules are thought to be wrong, not the members. */
const LOST_PERMILLE_MAX = 300
/** Fewer members prove nothing: a handful may well have changed to scripts. */
const MEMBERS_MIN = 10
/** Beyond it the memory of who was recognised starts anew. */
const MEMBERS_MAX = 200_000

/**
 * One wrong rule must not refuse everybody. Of the members whose tool was recognised before on this node, and who have called within
 * the hour, the guard knows whose latest call would be refused as an unknown tool. Above a share of them it suspends the policy
 * `enforce`, until the share is below the half. Members count, not calls: a script in a loop moves nothing.
 */
export interface ToolGuard {
  note(memberId: string, how: 'recognised' | 'unknown', now: Instant): void
  isSuspended(now: Instant): boolean
}

export function makeToolGuard(
  onChange: (isSuspended: boolean, shown: { lost: number; members: number }) => void,
): ToolGuard {
  const known = new Set<string>()
  /** Members recognised once who called within the hour, in the order of their latest calls. */
  const recent = new Map<string, { readonly at: number; readonly lost: boolean }>()
  let lost = 0
  let suspended = false

  const drop = (memberId: string): void => {
    if (recent.get(memberId)?.lost) lost--
    recent.delete(memberId)
  }
  const judge = (now: Instant): void => {
    for (const [memberId, { at }] of recent) {
      if (at > now - HOUR_MS) break
      drop(memberId)
    }
    const limit = suspended ? LOST_PERMILLE_MAX / 2 : LOST_PERMILLE_MAX
    const should = recent.size >= MEMBERS_MIN && lost * 1000 > limit * recent.size
    if (should === suspended) return
    suspended = should
    onChange(suspended, { lost, members: recent.size })
  }
  return {
    note: (memberId, how, now) => {
      if (how === 'recognised') {
        if (known.size >= MEMBERS_MAX) known.clear()
        known.add(memberId)
      } else if (!known.has(memberId)) return
      drop(memberId)
      recent.set(memberId, { at: now, lost: how === 'unknown' })
      if (how === 'unknown') lost++
      if (how === 'unknown' || suspended) judge(now)
    },
    isSuspended: (now) => {
      if (suspended) judge(now)
      return suspended
    },
  }
}
