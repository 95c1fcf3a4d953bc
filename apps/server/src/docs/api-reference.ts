/** As much of an OpenAPI document as the reference tells. */
export interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>
}
interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >
}
interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: Schema
}
interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly default?: unknown
}

/** How deep the fields of an answer are listed: beyond it the OpenAPI document is the better place to look. */
const DEPTH_MAX = 4

/** The reference in Markdown, made of the description that the server gives of itself. */
export function apiReference(api: OpenApi): string {
  const byTag = new Map<string, string[]>()
  for (const [path, operations] of Object.entries(api.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      if (!operation?.summary) continue
      const tag = operation.tags?.[0] ?? 'other'
      byTag.set(tag, [...(byTag.get(tag) ?? []), told(method, path, operation)])
    }
  }
  return [...byTag]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([tag, parts]) => `## ${tag}\n\n${parts.join('\n\n')}`)
    .join('\n\n')
}

function told(
  method: string,
  path: string,
  { summary = '', parameters = [], requestBody, responses = {} }: Operation,
): string {
  const asked = parameters.flatMap((one) => ('name' in one ? [one] : []))
  const answer = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  return [
    `### ${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    summary,
    list(
      'Parameters',
      asked.map((one) => field(one.name, one.schema ?? {}, one.required ?? false, one.description)),
    ),
    list('Body', fieldsOf(schemaIn(requestBody?.content), 0)),
    list('Answer', fieldsOf(schemaIn(answer?.content), 0)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const schemaIn = (content: Readonly<Record<string, { readonly schema?: Schema }>> | undefined): Schema =>
  content?.['application/json']?.schema ?? {}
const list = (title: string, lines: readonly string[]): string =>
  lines.length > 0 ? `${title}:\n\n${lines.join('\n')}` : ''

function fieldsOf(schema: Schema, depth: number): readonly string[] {
  const { properties, required = [] } = insideOf(schema)
  if (!properties || depth >= DEPTH_MAX) return []
  return Object.entries(properties).flatMap(([name, one]) => [
    `${'  '.repeat(depth)}${field(name, one, required.includes(name))}`,
    ...fieldsOf(one, depth + 1),
  ])
}

/** What stands in a list, or beside null. */
function insideOf(schema: Schema): Schema {
  if (schema.items) return insideOf(schema.items)
  const other = schema.anyOf?.find((one) => one.type !== 'null')
  return other ? insideOf(other) : schema
}

function field(name: string, schema: Schema, isRequired: boolean, description = schema.description): string {
  const about = description ? `: ${description}` : ''
  return `- \`${name}\` ${typeOf(schema)}${isRequired ? '' : ', may be left out'}${about}`
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((one) => `\`${String(one)}\``).join(' or ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  const type = [schema.type ?? 'any'].flat().join(' or ')
  return schema.format ? `${type} (${schema.format})` : type
}
