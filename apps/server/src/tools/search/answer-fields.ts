/** Answers of engines are unknown until looked at: these look without throwing. */
export const listAt = (answer: unknown, path: string): readonly unknown[] => {
  const found = valueAt(answer, path)
  return Array.isArray(found) ? found : []
}

export const textAt = (answer: unknown, path: string): string => {
  const found = valueAt(answer, path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

/** `a.b.0.c` */
function valueAt(answer: unknown, path: string): unknown {
  let found = answer
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[name]
  }
  return found
}

/** Engines mark what was found with tags and write `&amp;` for `&`. */
export const plainText = (text: string): string =>
  text
    .replaceAll(/<\/?[a-z][^>]{0,200}>/gi, '')
    .replaceAll(/&(amp|lt|gt|quot|#39|#x27|nbsp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  nbsp: ' ',
}

/** The day of a date in any form that begins with it; empty when there is none. */
export const dayOf = (text: string): string => /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? dayOfOther(text)

function dayOfOther(text: string): string {
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 10)
}

export const siteOf = (link: string): string => URL.parse(link)?.hostname.replace(/^www\./, '') ?? ''
export const siteFilter = (domains: readonly string[]): string =>
  domains.length === 0 ? '' : ` (${domains.map((domain) => `site:${domain}`).join(' OR ')})`
