import {
  MCP_SERVICES,
  RECIPES,
  servicesWritten,
  written,
  type Ingredients,
  type ModelFacts,
  type Recipe,
} from '@codeplan/contract/recipes'

import type { Catalog } from '../catalog/index.ts'
import type { Language } from '../platform/index.ts'
import { chosenModels } from './choices.ts'
import { table } from './tables.ts'

const HEAD = { en: ['field', 'value'], zh: ['项目', '内容'] } as const

/**
 * What each tool is told, as the console and the helper tell it: `{{recipe.<tool>}}` is its file (`recipe.<tool>.2` the second),
 * `terminal.<tool>` lines to type, `form.<tool>` the fields of its window, `services.<tool>` how it takes a service.
 */
export function recipeFigures(
  catalog: Catalog,
  host: string,
  language: Language,
): readonly (readonly [string, () => string])[] {
  const from = (): Ingredients => ingredients(catalog, host)
  return RECIPES.flatMap((recipe: Recipe) => {
    const { id, files, terminal, form } = recipe
    const services = servicesWritten(recipe, { host, key: KEY }, MCP_SERVICES.slice(0, 1))
    return [
      ...files.map((file, n): [string, () => string] => [
        `recipe.${id}${n === 0 ? '' : `.${n + 1}`}`,
        () => written(file, from()),
      ]),
      ...(terminal ? [[`terminal.${id}`, () => terminal(from()).join('\n')] as const] : []),
      ...(form
        ? [
            [`form.${id}.where`, () => form.where[language]] as const,
            [
              `form.${id}`,
              () =>
                table(
                  HEAD[language],
                  form.fields(from()).map(({ label, value }) => [label[language], code(value)]),
                ),
            ] as const,
          ]
        : []),
      ...(services === undefined ? [] : [[`services.${id}`, () => services] as const]),
    ]
  })
}

/** In backticks nothing is markup but a backtick, and in a table a bar. */
const code = (text: string): string => `\`${text.replace(/[`|]/g, ' ')}\``

const KEY = 'YOUR_KEY'

/** The models that pages speak of: one for the work, a quick one, and the strongest, which only Claude Code begins with. */
function ingredients(catalog: Catalog, host: string): Ingredients {
  const chosen = chosenModels(catalog)
  const [main, small, strong] = ['slot.sonnet', 'slot.haiku', 'strong'].map((name) => chosen[name])
  const models = new Map(
    [main, small, strong].flatMap((model): [string, ModelFacts][] => (model ? [[model.id, model]] : [])),
  )
  const [first = '', second = first, third = first] = [main?.id, small?.id, strong?.id]
  return {
    host,
    key: KEY,
    provider: catalog.operator.name,
    models: [...models.values()],
    slots: { opus: third, sonnet: first, haiku: second },
    main: first,
    small: second,
  }
}
