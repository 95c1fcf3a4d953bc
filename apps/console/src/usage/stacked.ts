import type { UsageSum } from '@codeplan/contract'

/** So many kinds have a colour of their own; the rest is one. */
const NAMES_MAX = 6

export interface Bar {
  readonly id: string
  readonly label: string
  /** Charges by name. */
  readonly values: Readonly<Record<string, number>>
}

export interface Stacked {
  readonly bars: readonly Bar[]
  /** The most used first. */
  readonly names: readonly string[]
  readonly sums: readonly UsageSum[]
}

/** Puts sums into the bars they belong to, the most used names apart, the others as one. */
export function stacked(
  places: readonly Bar[],
  rows: readonly (readonly [place: string, sum: UsageSum])[],
  nameOf: (name: string) => string,
  other: string,
): Stacked {
  const sums = new Map<string, UsageSum>()
  for (const [, row] of rows)
    sums.set(nameOf(row.name), added(sums.get(nameOf(row.name)), { ...row, name: nameOf(row.name) }))
  const all = [...sums.values()].toSorted((a, b) => b.charge - a.charge || b.calls - a.calls)
  const apart = new Set(all.slice(0, NAMES_MAX).map((sum) => sum.name))
  const bars = new Map(
    places.map((place) => [place.id, { ...place, values: { ...place.values } as Record<string, number> }]),
  )
  for (const [place, row] of rows) {
    const bar = bars.get(place)
    if (!bar) continue
    const name = apart.has(nameOf(row.name)) ? nameOf(row.name) : other
    bar.values[name] = (bar.values[name] ?? 0) + row.charge
  }
  const names = [...apart, ...(all.length > NAMES_MAX ? [other] : [])]
  return { bars: [...bars.values()], names, sums: all }
}

function added(to: UsageSum | undefined, row: UsageSum): UsageSum {
  if (!to) return row
  return {
    name: row.name,
    calls: to.calls + row.calls,
    failed: to.failed + row.failed,
    charge: to.charge + row.charge,
    input_tokens: to.input_tokens + row.input_tokens,
    cache_read_tokens: to.cache_read_tokens + row.cache_read_tokens,
    cache_write_tokens: to.cache_write_tokens + row.cache_write_tokens,
    output_tokens: to.output_tokens + row.output_tokens,
    list_price: to.list_price + row.list_price,
  }
}
