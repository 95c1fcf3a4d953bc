import type { SuggestionAnswer } from '@codeplan/contract'

import type { Suggested } from './suggest.ts'

/** A suggestion with its reckoning, for commands and pages: places, not thousandths of them. */
export function shownSuggestion(
  found: Suggested,
  { days, fillPercent }: { readonly days: number; readonly fillPercent: number },
): SuggestionAnswer {
  return {
    days,
    fill_percent: fillPercent,
    models: found.models.map(({ model, places, inUse, usable, free }) => ({
      model,
      busiest_hour: new Date(found.hours.get(model)?.hourAt ?? 0).toISOString(),
      places,
      in_use: inUse / 1000,
      usable: usable === null ? null : usable / 1000,
      free: free === null ? null : free / 1000,
      waited: found.hours.get(model)?.waited ?? 0,
      refused: found.hours.get(model)?.refused ?? 0,
    })),
    plans: found.plans.map(({ plan, each, pieces, limitedBy: by }) => ({
      plan,
      subscriptions: found.subscriptions.get(plan) ?? 0,
      places_each: Object.fromEntries(Object.entries(each).map(([model, milli]) => [model, milli / 1000])),
      pieces: pieces ?? null,
      limited_by: by ?? null,
    })),
    of_each: found.ofEach ?? null,
    limited_by: found.limitedBy ?? null,
    not_measured: [...found.unmeasured],
  }
}
