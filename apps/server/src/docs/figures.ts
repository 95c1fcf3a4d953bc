import { listPrice, moneyText, multiplierAt, nextChange, readMoney, wallText, type Instant } from '@codeplan/core'

import { SERVICES, type Catalog } from '../catalog/index.ts'
import type { Language } from '../platform/index.ts'
import { callsExpected, chosenModels, strongest } from './choices.ts'
import { recipeFigures } from './recipe-figures.ts'
import { plain, table } from './tables.ts'
import { hourText, spanWords, WORDS, type FigureWords } from './words.ts'

const MICROS_PER_UNIT = 1e8
const WEEK_HOURS = 7 * 24
/** An average month, as the value of a plan is told (core speaks of periods, this of plans in general). */
const WEEKS_A_MONTH = 365.25 / 12 / 7

export interface FigureDeps {
  readonly catalog: Catalog
  /** Where the server is reached, without a slash at its end. */
  readonly host: string
  readonly now: Instant
}

/** What a page may name as `{{name}}`: read off the running catalog, so that no page can differ from the gate. */
export function figuresOf({ catalog, host, now }: FigureDeps, language: Language): ReadonlyMap<string, () => string> {
  const words = WORDS[language]
  const plans = [...catalog.plans.values()].toSorted((a, b) => a.rank - b.rank)
  // What embeds is in no plan.
  const models = [...catalog.models.values()].filter(({ embeds }) => !embeds)
  const name = (id: string): string => plain(catalog.models.get(id)?.name ?? id)
  const list = (items: readonly string[]): string => new Intl.ListFormat(words.locale).format(items)
  const { operator, sale, billing } = catalog
  const strong = strongest(catalog)
  const covered = [...new Set(plans.flatMap(callsPerPrompt))]
  const withStrong = (has: boolean): readonly string[] =>
    plans.filter((plan) => plan.models.includes(strong?.id ?? '') === has).map((plan) => plain(plan.name))
  const figures = new Map<string, () => string>([
    ['host', () => host],
    ['operator', () => plain(operator.name)],
    ['zone', () => operator.zone],
    ['currency', () => operator.currency],
    ['base.anthropic', () => `${host}/api/anthropic`],
    ['base.coding', () => `${host}/api/coding/paas/v4`],
    ['base.cherry-studio', () => `${host}/api/coding/paas/v4/`],
    ['base.responses', () => `${host}/api/v1`],
    ['base.balance', () => `${host}/api/paas/v4`],
    ['plans', () => list(plans.map((plan) => plain(plan.name)))],
    ['plans.quotas', () => quotas(plans, words)],
    ['plans.prices', () => prices(catalog, plans, words)],
    ['plans.models', () => planModels(plans, models, words)],
    ['plans.tools', () => planTools(plans, words)],
    ['plans.value', () => valueRange(catalog, plans, words)],
    ['plans.calls-per-prompt', () => list(covered.map(String)) || words.none],
    ['plans.calls-expected', () => list(covered.map(callsExpected)) || words.none],
    ['plans.other-meters', () => otherMeters(plans, list, words)],
    ['plans.lowest', () => plain(plans[0]?.name ?? words.none)],
    [
      'plans.in-all',
      () => list(models.filter(({ id }) => plans.every((plan) => plan.models.includes(id))).map(({ id }) => name(id))),
    ],
    ['strong.plans', () => list(withStrong(true)) || words.none],
    ['strong.not-yet', () => list(withStrong(false)) || words.none],
    ['models', () => modelTable(models, words)],
    ['models.prices', () => modelPrices(catalog, words)],
    ['aliases', () => aliasTable(catalog, words)],
    ['multipliers', () => multiplierTable(catalog, name, words)],
    ['multipliers.now', () => multipliersNow(catalog, now, words)],
    ['tools.names', () => list(catalog.tools.names.map(plain))],
    [
      'sale',
      () =>
        saleWords(
          sale,
          plans.map((plan) => plain(plan.name)),
          words,
        ),
    ],
    ['renewal.notice-days', () => list(billing.renewal.notice_days.map(String))],
    ['renewal.grace-days', () => String(billing.renewal.grace_days)],
    ['renewal.retry-hours', () => list(billing.renewal.retry_hours.map(String))],
    ['renewal.before-minutes', () => String(billing.renewal.charge_before_minutes)],
    ['refund.days', () => String(billing.refund.days)],
    ['quote.minutes', () => String(billing.quote_minutes)],
    ['order.minutes', () => String(billing.order_minutes)],
    ['limits.body', () => `${catalog.limits.bodyBytesMax / 1024 ** 2} MiB`],
    ['limits.wait', () => `${catalog.routing.waitMsMax / 1000} s`],
    ['limits.drain', () => `${catalog.limits.drainMsMax / 1000} s`],
    ['retention.months', () => String(catalog.retention.callsMonths)],
    ...recipeFigures(catalog, host, language),
  ])
  for (const [chosen, model] of Object.entries(chosenModels(catalog))) {
    figures.set(chosen, () => model?.id ?? words.none)
    figures.set(`${chosen}.name`, () => plain(model?.name ?? words.none))
    figures.set(`${chosen}.context`, () => String(model?.contextTokens ?? 0))
    figures.set(`${chosen}.output`, () => String(model?.outputTokensMax ?? 0))
  }
  return figures
}

type Plan = Catalog['plans'] extends ReadonlyMap<string, infer P> ? P : never
type Model = Catalog['models'] extends ReadonlyMap<string, infer M> ? M : never

const callsPerPrompt = ({ meter }: Plan): readonly number[] => (meter.kind === 'token' ? [] : [meter.calls_per_prompt])
const allowance = (w: Plan['windows'][number]): number => w.prompts ?? w.credits ?? 0
const hoursOf = (w: Plan['windows'][number]): number => w.hours ?? (w.days ?? 0) * 24

function quotas(plans: readonly Plan[], words: FigureWords): string {
  const spans = [...new Set(plans.flatMap((plan) => plan.windows.map(hoursOf)))].toSorted((a, b) => a - b)
  const rows = plans.map((plan) => [
    plain(plan.name),
    ...spans.map((hours) => {
      const window = plan.windows.find((w) => hoursOf(w) === hours)
      return window ? words.upTo(allowance(window), plan.meter.kind === 'token') : words.none
    }),
    String(plan.concurrency),
  ])
  return table([words.plan, ...spans.map(words.perHours), words.concurrency], rows)
}

/** Pages speak of prompts; of plans that count otherwise they say so. */
const otherMeters = (plans: readonly Plan[], list: (items: readonly string[]) => string, words: FigureWords): string =>
  (['call', 'token'] as const)
    .flatMap((kind) => {
      const names = plans.filter(({ meter }) => meter.kind === kind).map((plan) => plain(plan.name))
      return names.length > 0 ? [words.otherMeter(kind, list(names))] : []
    })
    .join('\n\n')

function prices(catalog: Catalog, plans: readonly Plan[], words: FigureWords): string {
  const { currency } = catalog.operator
  const cycles = (['month', 'quarter', 'year'] as const).filter((cycle) => plans.some((plan) => plan.prices[cycle]))
  const price = (text: string | undefined): string => {
    const read = text === undefined ? undefined : readMoney(text, currency)
    return read?.ok ? `${moneyText(read.value, currency)} ${currency}` : words.none
  }
  return table(
    [words.plan, ...cycles.map((cycle) => words.cycles[cycle])],
    plans.map((plan) => [plain(plan.name), ...cycles.map((cycle) => price(plan.prices[cycle]))]),
  )
}

const planModels = (plans: readonly Plan[], models: readonly Model[], words: FigureWords): string =>
  table(
    [words.model, ...plans.map((plan) => plain(plan.name))],
    models.map((model) => [
      plain(model.name),
      ...plans.map((plan) => (plan.models.includes(model.id) ? words.yes : words.notYet)),
    ]),
  )

function planTools(plans: readonly Plan[], words: FigureWords): string {
  return table(
    [words.service, ...plans.map((plan) => plain(plan.name))],
    SERVICES.map((service) => [
      words.tools[service],
      ...plans.map((plan) => {
        const quota = plan.tools[service]
        return quota.included ? words.calls(quota.calls, quota.per) : words.none
      }),
    ]),
  )
}

/** What a month at the limit is worth at list prices, over its fee, from the lowest plan to the highest (S11). */
function valueRange(catalog: Catalog, plans: readonly Plan[], words: FigureWords): string {
  const ratios = plans.map((plan) => valueRatio(catalog, plan)).filter((ratio) => ratio !== undefined)
  if (ratios.length === 0) return words.none
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map(Math.round)
  return low === high ? `${low}` : `${low}–${high}`
}

export function valueRatio(catalog: Catalog, plan: Plan): number | undefined {
  const prompt = catalog.operator.typical_prompt
  const model = prompt && catalog.models.get(prompt.model)
  const fee = Number(plan.prices.month)
  if (!model || fee <= 0 || plan.meter.kind === 'token') return undefined
  const call = listPrice(model.prices, {
    inputTokens: prompt.input_tokens - prompt.cached_tokens,
    cacheReadTokens: prompt.cached_tokens,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: prompt.output_tokens,
  })
  const week = Math.min(...plan.windows.map((w) => allowance(w) * (WEEK_HOURS / hoursOf(w))))
  return (week * WEEKS_A_MONTH * prompt.calls * (call / MICROS_PER_UNIT)) / fee
}

const modelTable = (models: readonly Model[], words: FigureWords): string =>
  table(
    [words.model, words.modelId, words.context, words.output, words.images],
    models.map((model) => [
      plain(model.name),
      `\`${model.id}\``,
      model.contextTokens.toLocaleString('en'),
      model.outputTokensMax.toLocaleString('en'),
      model.vision ? words.yes : words.none,
    ]),
  )

function modelPrices(catalog: Catalog, words: FigureWords): string {
  const money = (micros: number): string => String(micros / MICROS_PER_UNIT)
  const rows = [...catalog.models.values()].flatMap((model) =>
    model.prices.map((tier) => [
      plain(model.name),
      words.tier(tier.inputTokensBelow, tier.outputTokensBelow),
      money(tier.input),
      money(tier.cachedInput),
      money(tier.output),
    ]),
  )
  return table([words.model, words.holds, words.input, words.cached, words.outputPrice], rows)
}

const aliasTable = (catalog: Catalog, words: FigureWords): string =>
  table(
    [words.asked, words.served],
    ['claude-opus-…', 'claude-sonnet-…', 'claude-haiku-…'].map((asked) => [
      `\`${asked}\``,
      plain(catalog.resolve(asked.replace('…', '4'))?.name ?? words.none),
    ]),
  )

function multiplierTable(catalog: Catalog, name: (id: string) => string, words: FigureWords): string {
  const isSpoken = new Set<string>()
  const rows = catalog.multipliers.map((rule) => {
    const models = rule.models?.map(name).join(words.comma) ?? words.everyModel
    const rest = isSpoken.has(models) ? words.otherwise : words.always
    isSpoken.add(models)
    return [models, spanWords(rule, words) ?? rest, `${rule.permille / 1000}×`]
  })
  return table([words.model, words.when, words.counts], [...rows, [words.otherModels, words.always, '1×']])
}

/** What the models of the first rules count now and next, by the functions that the gate asks. */
function multipliersNow(catalog: Catalog, now: Instant, words: FigureWords): string {
  const named = [...new Set(catalog.multipliers.flatMap((rule) => rule.models ?? []))]
  const { zone } = catalog.operator
  const told = named.map((id) => {
    const call = { model: id, tool: 'unknown' }
    const factor = multiplierAt(catalog.multipliers, call, now).permille / 1000
    const next = nextChange(catalog.multipliers, call, now)
    const model = plain(catalog.models.get(id)?.name ?? id)
    const change = next && { at: wallText(zone, next.at).slice(0, 16), factor: next.multiplier.permille / 1000 }
    return words.countsNow(model, factor, change, zone)
  })
  return told.length > 0 ? told.join(' ') : words.allOnce
}

function saleWords(sale: Catalog['sale'], plans: readonly string[], words: FigureWords): string {
  if (!sale.limited) return words.saleOpen
  const { calendar, pieces } = sale
  return words.saleLimited({
    starts: wallText(calendar.zone, calendar.startsAt).slice(0, 16),
    daily: hourText(calendar.minuteOfDay),
    zone: calendar.zone,
    pieces,
    plans: plans.join(words.comma),
  })
}
