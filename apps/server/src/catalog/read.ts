import { no, yes, type Outcome } from '@codeplan/core'
import { isNode, LineCounter, parseDocument } from 'yaml'

import { catalogSchema, type CatalogDocument } from './schema.ts'

export interface CatalogFault {
  /** `plans[0].windows[1].prompts` */
  readonly path: string
  readonly line: number
  readonly cure: string
}

type Path = readonly (string | number)[]

/** Reads a catalog file. Every fault is listed, each with its line and what to write instead. */
export function readCatalog(source: string): Outcome<CatalogDocument, readonly CatalogFault[]> {
  const lines = new LineCounter()
  const yaml = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  if (yaml.errors.length > 0) {
    return no(
      yaml.errors.map((e) => ({ path: '', line: lines.linePos(e.pos[0]).line, cure: `not YAML: ${e.message}` })),
    )
  }
  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = yaml.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const at = (path: Path, cure: string): CatalogFault => ({ path: pathText(path), line: lineOf(path), cure })

  const parsed = catalogSchema.safeParse(yaml.toJS())
  if (!parsed.success) {
    return no(
      parsed.error.issues.flatMap((issue) => {
        const path = issue.path.filter((key) => typeof key !== 'symbol')
        if (issue.code === 'unrecognized_keys')
          return issue.keys.map((key) => at([...path, key], 'unknown setting: remove it or correct its spelling'))
        return at(path, issue.message.replace(/^.*expected (\w+), received undefined$/, 'missing: add a $1'))
      }),
    )
  }
  const faults = [...references(parsed.data)].map(([path, cure]) => at(path, cure))
  return faults.length > 0 ? no(faults) : yes(parsed.data)
}

/** What a shape cannot say: every name that is used exists, and none is given twice. */
function* references(doc: CatalogDocument): Generator<[Path, string]> {
  for (const list of ['plans', 'models', 'tools', 'multipliers', 'upstreams'] as const)
    yield* duplicates(list, doc[list])
  const models = new Set(doc.models.map((m) => m.id))
  const upstreams = new Set(doc.upstreams.map((u) => u.id))
  const modelCure = (id: string) => `no model ${id}: add it under models, or use one of ${[...models].join(', ')}`
  yield* toolRules(doc)
  yield* salePlans(doc)
  yield* serviceRules(doc)
  yield* embeddingRules(doc)
  for (const [i, plan] of doc.plans.entries()) {
    yield* duplicates(`plans.${i}.windows`, plan.windows)
    for (const [k, id] of plan.models.entries()) {
      if (!models.has(id)) yield [['plans', i, 'models', k], modelCure(id)]
      // A missing rate must never make a model free by itself (F23).
      else if (plan.meter.kind === 'token' && !plan.meter.rates[id]) {
        yield [['plans', i, 'meter', 'rates'], `no rate for ${id}, a model of the plan: add one`]
      }
    }
  }
  for (const [i, { key_env: keys }] of doc.upstreams.entries()) {
    if (Array.isArray(keys) && new Set(keys).size < keys.length)
      yield [['upstreams', i, 'key_env'], 'a variable is named twice: take one away']
  }
  for (const [i, alias] of doc.aliases.entries()) {
    if (!models.has(alias.model)) yield [['aliases', i, 'model'], modelCure(alias.model)]
  }
  const { typical_prompt: typical } = doc.operator
  if (typical && !models.has(typical.model)) yield [['operator', 'typical_prompt', 'model'], modelCure(typical.model)]
  for (const [i, rule] of doc.multipliers.entries()) {
    for (const [k, id] of (rule.models ?? []).entries()) {
      if (!models.has(id)) yield [['multipliers', i, 'models', k], modelCure(id)]
    }
  }
  for (const [i, model] of doc.models.entries()) {
    for (const [k, route] of model.routes.entries()) {
      if (!upstreams.has(route.upstream)) {
        const cure = `no upstream ${route.upstream}: add it under upstreams, or use one of ${[...upstreams].join(', ')}`
        yield [['models', i, 'routes', k, 'upstream'], cure]
      }
      if (model.routes.findIndex((r) => r.upstream === route.upstream && r.model === route.model) < k) {
        yield [['models', i, 'routes', k], `this route is given twice: take one away, and raise the other's weight`]
      }
    }
    const last = model.prices.at(-1)
    if (last?.input_below !== undefined || last?.output_below !== undefined) {
      yield [
        ['models', i, 'prices', model.prices.length - 1],
        'the last price must hold for every call: take its bounds away',
      ]
    }
  }
}

/** Headers that every client sends: whoever they recognise is nobody in particular. */
const COMMON_HEADERS = new Set(['accept', 'accept-encoding', 'accept-language', 'connection', 'content-type', 'host'])

function* toolRules(doc: CatalogDocument): Generator<[Path, string]> {
  for (const [i, { tool_policy: policy }] of doc.plans.entries()) {
    if (policy === 'enforce' && doc.tools.length === 0)
      yield [
        ['plans', i],
        'no tool is recognised, so everybody would be refused: add `tools`, or `tool_policy: observe`',
      ]
  }
  for (const [i, tool] of doc.tools.entries()) {
    for (const name of Object.keys(tool.headers ?? {})) {
      if (COMMON_HEADERS.has(name))
        yield [['tools', i, 'headers', name], `every client sends ${name}: use another mark`]
      if (name === 'user-agent') yield [['tools', i, 'headers', name], 'write it under `user_agents`']
    }
  }
  const tools = new Set(['unknown', ...doc.tools.map(({ id }) => id)])
  for (const [i, rule] of doc.multipliers.entries()) {
    for (const [k, id] of (rule.tools ?? []).entries()) {
      if (!tools.has(id))
        yield [['multipliers', i, 'tools', k], `no tool ${id}: add it under tools, or use one of them`]
    }
  }
}

function* serviceRules({
  models,
  plans,
  services: { vision, web_search: search },
}: CatalogDocument): Generator<[Path, string]> {
  yield* duplicates('services.web_search.engines', search.engines)
  for (const [i, id] of vision.models.entries()) {
    const model = models.find((m) => m.id === id)
    if (!model?.vision)
      yield [['services', 'vision', 'models', i], `no model ${id} that sees: use one with \`vision: true\``]
  }
  for (const [i, { tools }] of plans.entries()) {
    if (tools.vision.included && vision.models.length === 0)
      yield [['plans', i, 'tools', 'vision'], 'no model serves it: name one under services.vision.models']
  }
}

/** Who embeds writes nothing, is spoken to as Chat Completions upstreams are, and is paid by the balance alone. */
function* embeddingRules({ models, plans, upstreams, operator }: CatalogDocument): Generator<[Path, string]> {
  const embeds = (id: string): boolean => models.some((model) => model.id === id && model.embeds)
  const onlyBalance = (id: string) => `${id} embeds, which only the balance pays: take it away`
  for (const [i, model] of models.entries()) {
    if (model.embeds && model.output_tokens_max !== undefined)
      yield [['models', i, 'output_tokens_max'], 'a model that embeds writes no text: take it away']
    if (!model.embeds && model.output_tokens_max === undefined)
      yield [['models', i], 'missing: add `output_tokens_max`, a number']
    for (const [k, route] of model.routes.entries()) {
      const kind = upstreams.find(({ id }) => id === route.upstream)?.kind
      if (model.embeds && kind === 'anthropic')
        yield [
          ['models', i, 'routes', k, 'upstream'],
          'an upstream of kind `anthropic` knows no embeddings: use `openai`',
        ]
    }
  }
  for (const [i, plan] of plans.entries()) {
    for (const [k, id] of plan.models.entries()) if (embeds(id)) yield [['plans', i, 'models', k], onlyBalance(id)]
  }
  const typical = operator.typical_prompt?.model
  if (typical !== undefined && embeds(typical)) yield [['operator', 'typical_prompt', 'model'], onlyBalance(typical)]
}

function* salePlans({ plans, sale }: CatalogDocument): Generator<[Path, string]> {
  const known = plans.map(({ id }) => id)
  const named = [
    ...sale.paused.map((id, i) => [['sale', 'paused', i], id] as const),
    ...sale.special.map(({ plan }, i) => [['sale', 'special', i, 'plan'], plan] as const),
  ]
  for (const [path, id] of named) {
    if (!known.includes(id)) yield [[...path], `no plan ${id}: use one of ${known.join(', ')}`]
  }
}

function* duplicates(list: string, entries: readonly { readonly id: string }[]): Generator<[Path, string]> {
  const seen = new Set<string>()
  for (const [i, { id }] of entries.entries()) {
    if (seen.has(id))
      yield [
        [...list.split('.').map((k) => (/^\d+$/.test(k) ? Number(k) : k)), i, 'id'],
        `${id} is given twice: rename one`,
      ]
    seen.add(id)
  }
}

function pathText(path: Path): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}
