/** One difference between two catalogs. A side that is not there is null. */
export interface CatalogChange {
  /** `plans.pro.prices.month`: entries of lists by their id. */
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

const TEXT_LENGTH_MAX = 300

/** What differs, entry by entry. The order of entries counts only where they have no name. */
export function catalogChanges(before: unknown, after: unknown, path = ''): readonly CatalogChange[] {
  const [from, to] = [entriesOf(before), entriesOf(after)]
  if (from && to) {
    return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) =>
      catalogChanges(from.get(key), to.get(key), path === '' ? key : `${path}.${key}`),
    )
  }
  const [was, is] = [textOf(before), textOf(after)]
  return was === is ? [] : [{ path, before: was, after: is }]
}

/** What a value is made of, by name; undefined: it is a value of its own. */
function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const names = value.map(nameOf)
  const named = names.filter((name) => name !== undefined)
  if (value.length === 0 || named.length < value.length || new Set(named).size < named.length) return undefined
  return new Map(value.map((entry, i) => [names[i] as string, entry]))
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { id, name, upstream, model } = entry as Readonly<Record<string, unknown>>
  if (typeof id === 'string') return id
  // Routes, and aliases.
  if (typeof upstream === 'string') return `${upstream}/${String(model)}`
  return typeof name === 'string' ? name : undefined
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text
}
