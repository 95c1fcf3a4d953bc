import type { Catalog } from '../catalog/index.ts'

type Model = Catalog['models'] extends ReadonlyMap<string, infer M> ? M : never

/** The model that a page means by "the strongest": the first that a rule counts more than once, else the first of all. */
export function strongest(catalog: Catalog): Model | undefined {
  const dear = catalog.multipliers.find((rule) => rule.models && rule.permille > 1000)?.models?.[0]
  return catalog.models.get(dear ?? '') ?? [...catalog.models.values()].find(({ embeds }) => !embeds)
}

/** The models that examples are written with: the strongest, and those that the names of Claude Code lead to. */
export const chosenModels = (catalog: Catalog): Readonly<Record<string, Model | undefined>> => ({
  strong: strongest(catalog),
  ...Object.fromEntries(
    ['opus', 'sonnet', 'haiku'].map((slot) => [`slot.${slot}`, catalog.resolve(`claude-${slot}-4`)]),
  ),
  vision: [...catalog.models.values()].find((model) => model.vision),
  embedding: [...catalog.models.values()].find((model) => model.embeds),
})

/** How many calls a question is expected to make: from three quarters of what a prompt covers up to all of it. */
export const callsExpected = (callsPerPrompt: number): string =>
  `${Math.round(callsPerPrompt * 0.75)}–${callsPerPrompt}`
