import type { Catalog } from '../catalog/index.ts'
import type { Admission } from '../entitlements/index.ts'

/** In which line a call waits for a place, and what share of the places that line has against the others. */
export interface QueueShare {
  readonly tier: string
  readonly weight: number
}

/**
 * A line for each plan. Tools that no rule knows wait, where their plan says `lower_priority`, in a line of their own with half
 * the plan's weight: while both lines wait, one of three places goes to theirs.
 */
export function queueShare({ plan, toolPolicy }: Admission, catalog: Pick<Catalog, 'plans'>): QueueShare {
  const weight = catalog.plans.get(plan)?.queue_weight ?? 1
  return toolPolicy === 'lower_priority'
    ? { tier: `${plan}, unknown tools`, weight: weight / 2 }
    : { tier: plan, weight }
}
