import type { SoldModel } from '@codeplan/contract'
import { RECIPES, type Ingredients, type ModelFacts } from '@codeplan/contract/recipes'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { standingQuery } from '../api/calls.ts'
import { useMakeKey } from '../api/keys.ts'
import { plansQuery } from '../api/plans.ts'
import { useStart } from '../api/start.ts'
import { Button, Card, Code, Loaded, look, Notice, Page, Select, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { FirstCall } from './first-call.tsx'
import { Steps } from './steps.tsx'
import { setupWords } from './words.ts'

const route = getRouteApi('/member/setup')
const PLACEHOLDER = 'YOUR_KEY'
/** By these names catalogs call the model for everyday work, the strong and the quick one; others take what they have. */
const EVERYDAY = 'glm-4.7'
const STRONG = 'glm-5'
const QUICK = 'glm-4.5-air'

const factsOf = ({ id, name, context_tokens, output_tokens_max }: SoldModel): ModelFacts => ({
  id,
  name,
  contextTokens: context_tokens,
  outputTokensMax: output_tokens_max,
})

export function SetupPage() {
  const w = useWords(setupWords)
  const { operator } = useStart()
  const navigate = useNavigate()
  const { tool } = route.useSearch()
  const recipe = RECIPES.find(({ id }) => id === tool) ?? RECIPES[0]
  const plans = useQuery(plansQuery)
  const { data: standing } = useQuery(standingQuery)
  const fromKeys = useLocation({ select: ({ state }) => state.madeKey })
  const make = useMakeKey()
  const key = make.data?.key ?? fromKeys
  const [model, setModel] = useState<string>()
  if (!recipe) return null
  return (
    <Page title={w.title} lead={w.lead}>
      <div role="radiogroup" aria-label={w.tool} className="flex flex-wrap gap-2">
        {RECIPES.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            role="radio"
            aria-checked={id === recipe.id}
            onClick={() => void navigate({ to: '/setup', search: { tool: id }, state: (old) => old, replace: true })}
            className={look(
              'h-10 rounded-md border px-4 font-medium',
              id === recipe.id ? 'border-accent bg-tint text-accent' : 'bg-card hover:bg-sunk',
            )}
          >
            {name}
          </button>
        ))}
      </div>
      <Loaded query={plans} skeleton="h-96">
        {({ plans: sold, models: all }) => {
          const drawn = standing?.subscriptions.find((one) => one.drawn)?.plan
          const mine = sold.find(({ id }) => id === drawn)?.models
          const models = all.filter(({ id }) => mine?.includes(id) ?? true).map(factsOf)
          const have = (id: string, other = models[0]?.id): string =>
            models.find((one) => one.id === id)?.id ?? other ?? id
          const main = model ?? have(EVERYDAY)
          const small = have(QUICK, main)
          const from: Ingredients = {
            host: window.location.origin,
            key: key ?? PLACEHOLDER,
            provider: operator.name,
            models: models.toSorted((a, b) => Number(b.id === main) - Number(a.id === main)),
            slots: { opus: have(STRONG, main), sonnet: main, haiku: small },
            main,
            small,
          }
          return (
            <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
              <Card title={recipe.name}>
                <div className="grid gap-5">
                  {key ? (
                    <Notice tone="good">{w.keyMade}</Notice>
                  ) : (
                    <Notice>
                      <p>{w.keyNone(PLACEHOLDER)}</p>
                      <Button
                        className="mt-3"
                        kind="primary"
                        busy={make.isPending}
                        onClick={() => make.mutate({ name: w.keyName(recipe.name) }, { onError: toastRefusal })}
                      >
                        {w.make}
                      </Button>
                    </Notice>
                  )}
                  <div className="max-w-xs">
                    <Select
                      label={w.model}
                      value={main}
                      onChoose={setModel}
                      choices={models.map(({ id, name }) => ({ value: id, text: name }))}
                    />
                  </div>
                  <Steps recipe={recipe} from={from} />
                  {w.note[recipe.id] ? <p className="text-sm text-soft">{w.note[recipe.id]}</p> : null}
                  <div className="grid gap-2 border-t pt-5">
                    <h3>{w.easy}</h3>
                    <p className="text-sm text-soft">{w.easyAbout}</p>
                    <Code text={`npx codeplan setup --tool ${recipe.id} --host ${from.host}`} label={w.command} />
                  </div>
                </div>
              </Card>
              <FirstCall />
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
