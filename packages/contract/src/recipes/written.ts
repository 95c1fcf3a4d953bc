import type { MCP_SERVICES } from './addresses.ts'
import type { Ingredients, Json, Recipe, RecipeFile, Setting } from './recipe.ts'

/** A file of its own with these settings, to be copied. */
export const written = ({ format, schema, settings }: RecipeFile, from: Ingredients): string => {
  const head: readonly Setting[] = schema ? [{ path: ['$schema'], value: schema }] : []
  return textOf(format, [...head, ...settings(from)])
}

/** The same for services; undefined where they are added in the tool's window. */
export function servicesWritten(
  { services }: Recipe,
  { host, key }: Pick<Ingredients, 'host' | 'key'>,
  which: readonly (typeof MCP_SERVICES)[number][],
): string | undefined {
  if (!('file' in services)) return undefined
  const { format, at, shape } = services
  const settings = which.map(({ name, path }) => ({
    path: [...at, name],
    value: shape(host + path, { Authorization: `Bearer ${key}` }),
  }))
  return textOf(format, settings)
}

const textOf = (format: RecipeFile['format'], settings: readonly Setting[]): string =>
  format === 'json' ? JSON.stringify(rootOf(settings), null, 2) : tomlOf(rootOf(settings))

type Table = { [key: string]: Json | Table }

function rootOf(settings: readonly Setting[]): Table {
  const root: Table = {}
  for (const { path, value } of settings) {
    let at = root
    for (const step of path.slice(0, -1)) at = (at[step] ??= {}) as Table
    at[path.at(-1) ?? ''] = value as Json
  }
  return root
}

const isTable = (value: Json | Table): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As much of TOML as recipes need: a table of the second level has a header, what is deeper stands in its line. */
function tomlOf(root: Table): string {
  const line = ([key, value]: [string, Json | Table]): string =>
    `${key} = ${isTable(value) ? `{ ${Object.entries(value).map(line).join(', ')} }` : JSON.stringify(value)}`
  const plain = Object.entries(root).filter(([, value]) => !isTable(value))
  const tables = Object.entries(root).flatMap(([outer, value]) =>
    isTable(value)
      ? Object.entries(value).map(([inner, own]) =>
          [`[${outer}.${inner}]`, ...Object.entries(own as Table).map(line)].join('\n'),
        )
      : [],
  )
  return [plain.map(line).join('\n'), ...tables].filter(Boolean).join('\n\n')
}
