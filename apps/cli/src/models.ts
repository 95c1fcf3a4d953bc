import type { UsageStanding } from '@codeplan/contract'
import { SLOTS, type ModelFacts, type Slot } from '@codeplan/contract/recipes'

import type { Prices } from './api.ts'
import type { Wish } from './tools/tool.ts'
import { EXIT, Stop } from './world.ts'

/** Where the server cannot be asked: the names and sizes of the plan's documentation. */
const DOCUMENTED: readonly ModelFacts[] = [
  { id: 'glm-4.7', name: 'GLM-4.7', contextTokens: 200_000, outputTokensMax: 131_072 },
  { id: 'glm-4.5-air', name: 'GLM-4.5-Air', contextTokens: 128_000, outputTokensMax: 98_304 },
]

/** The models of the plan that is drawn, as the server tells; of all plans where none runs. */
export function modelsOf(prices: Prices | undefined, standing: UsageStanding | undefined): readonly ModelFacts[] {
  if (!prices) return DOCUMENTED
  const drawn = standing?.subscriptions.filter(({ drawn }) => drawn).map(({ plan }) => plan) ?? []
  const ids = new Set(
    prices.plans.filter(({ id }) => drawn.length === 0 || drawn.includes(id)).flatMap(({ models }) => models),
  )
  const known = prices.models.filter(({ id }) => ids.has(id))
  return known.length === 0
    ? DOCUMENTED
    : known.map(({ id, name, context_tokens, output_tokens_max }) => ({
        id,
        name,
        contextTokens: context_tokens,
        outputTokensMax: output_tokens_max,
      }))
}

type Chosen = Pick<Wish, 'models' | 'slots' | 'main' | 'small'>

/**
 * What is used for what. Without a wish the documentation's defaults, as far as the plan has them. Wishes: `glm-5` for all that is no
 * small work, `opus=glm-5`, `main=…`, `small=…`; the names of one kind of tool speak for the other, too.
 */
export function chooseModels(models: readonly ModelFacts[], wishes: readonly string[]): Chosen {
  const pick = (id: string, fallback: ModelFacts | undefined): string =>
    (models.find((model) => model.id === id) ?? fallback)?.id ?? id
  const usual = pick('glm-4.7', models[0])
  const light = pick('glm-4.5-air', models.at(-1))
  const slots: Record<Slot, string> = { opus: usual, sonnet: usual, haiku: light }
  for (const wish of wishes) {
    const [slot = '', model] = wish.includes('=') ? wish.split('=', 2) : ['main', wish]
    const targets =
      slot === 'main'
        ? (['opus', 'sonnet'] as const)
        : slot === 'small'
          ? (['haiku'] as const)
          : SLOTS.filter((name) => name === slot)
    if (targets.length === 0 || !model)
      throw new Stop(EXIT.wrongUse, {
        en: `--model ${wish}: write a model, or one of opus, sonnet, haiku, main, small with "=" and a model`,
        zh: `--model ${wish}：请写模型名，或 opus、sonnet、haiku、main、small 之一加 "=" 与模型名`,
      })
    const known = models.find(({ id }) => id === model.toLowerCase())
    if (!known)
      throw new Stop(EXIT.wrongUse, {
        en: `the plan has no model "${model}"; it has ${models.map(({ id }) => id).join(', ')}`,
        zh: `套餐不含模型 "${model}"；可用模型：${models.map(({ id }) => id).join(', ')}`,
      })
    for (const target of targets) slots[target] = known.id
  }
  const [main, small] = [slots.opus, slots.haiku]
  const first = models.filter(({ id }) => id === main)
  return { models: [...first, ...models.filter(({ id }) => id !== main)], slots, main, small }
}
