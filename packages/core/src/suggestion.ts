/** Thousandths of a place: what a call occupies at a route. A model that works on 2.5 calls on average has 2500 in use. */
export type MilliPlaces = number

/** A model in the hour in which it was busiest. */
export interface BusyHour {
  readonly model: string
  /** Null: a route takes any number, so nothing is known of its limit. */
  readonly places: number | null
  readonly inUse: MilliPlaces
}

/** What the subscriptions of a plan have occupied, all together, each model in its busiest hour. */
export interface PlanDraw {
  readonly plan: string
  readonly subscriptions: Readonly<Record<string, number>>
  readonly occupied: Readonly<Record<string, MilliPlaces>>
}

export interface ModelRoom extends BusyHour {
  /** What may be filled; what is left of it. Null: unknown. */
  readonly usable: MilliPlaces | null
  readonly free: MilliPlaces | null
}

export interface PlanSuggestion {
  readonly plan: string
  /** What one subscription occupies of each model; none: nobody has used the plan then. */
  readonly each: Readonly<Record<string, MilliPlaces>>
  /** So many more, if only this plan is sold; undefined: nothing was measured. */
  readonly pieces: number | undefined
  readonly limitedBy: string | undefined
}

export interface Suggestion {
  readonly models: readonly ModelRoom[]
  readonly plans: readonly PlanSuggestion[]
  /** The same number of each plan that was measured. */
  readonly ofEach: number | undefined
  readonly limitedBy: string | undefined
  readonly unmeasured: readonly string[]
}

/**
 * How many more subscriptions the measured places bear, if new ones draw as those that run did when each model was busiest.
 * What an hour looks like on average hides its peaks: so only a share of the places is filled.
 */
export function suggestPieces(hours: readonly BusyHour[], draws: readonly PlanDraw[], fillPercent: number): Suggestion {
  const models = hours.map((hour): ModelRoom => {
    const usable = hour.places === null ? null : hour.places * 10 * fillPercent
    return { ...hour, usable, free: usable === null ? null : Math.max(0, usable - hour.inUse) }
  })
  const plans = draws.map(({ plan, subscriptions, occupied }): PlanSuggestion => {
    const each: Record<string, MilliPlaces> = {}
    for (const [model, milli] of Object.entries(occupied)) {
      const count = subscriptions[model] ?? 0
      // Rounded up: what is not sold today can be sold tomorrow.
      if (count > 0 && milli > 0) each[model] = Math.ceil(milli / count)
    }
    return { plan, each, ...fits(models, each) }
  })
  const measured = plans.filter(({ pieces }) => pieces !== undefined)
  const sum: Record<string, MilliPlaces> = {}
  for (const { each } of measured) {
    for (const [model, milli] of Object.entries(each)) sum[model] = (sum[model] ?? 0) + milli
  }
  const all = fits(models, sum)
  const unmeasured = plans.filter(({ pieces }) => pieces === undefined).map(({ plan }) => plan)
  return { models, plans, ofEach: all.pieces, limitedBy: all.limitedBy, unmeasured }
}

/** How often this much fits into what is free, and which model says so. */
function fits(models: readonly ModelRoom[], each: Readonly<Record<string, MilliPlaces>>) {
  let pieces: number | undefined
  let limitedBy: string | undefined
  for (const { model, free } of models) {
    const draw = each[model]
    if (free === null || draw === undefined) continue
    const count = Math.floor(free / draw)
    if (pieces !== undefined && count >= pieces) continue
    pieces = count
    limitedBy = model
  }
  return { pieces, limitedBy }
}
