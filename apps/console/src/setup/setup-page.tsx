import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { useMakeKey } from '../api/keys.ts'
import { plansQuery } from '../api/plans.ts'
import { useStart } from '../api/start.ts'
import { Button, Card, Code, Loaded, look, Notice, Page, Select, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { FirstCall } from './first-call.tsx'
import { helperCommand, RECIPES, type Ingredients } from './recipes.ts'
import { Steps } from './steps.tsx'
import { setupWords } from './words.ts'

const route = getRouteApi('/member/setup')
const PLACEHOLDER = 'YOUR_KEY'
/** By these names catalogs call the model for everyday work, the strong and the quick one; others take what they have. */
const EVERYDAY = 'glm-4.7'
const STRONG = 'glm-5'
const QUICK = 'glm-4.5-air'

export function SetupPage() {
  const w = useWords(setupWords)
  const { operator } = useStart()
  const navigate = useNavigate()
  const { tool } = route.useSearch()
  const recipe = RECIPES.find(({ id }) => id === tool) ?? RECIPES[0]
  const plans = useQuery(plansQuery)
  const fromKeys = useLocation({ select: ({ state }) => state.key })
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
        {({ models }) => {
          const have = (id: string): string => models.find((one) => one.id === id)?.id ?? models[0]?.id ?? id
          const chosen = model ?? have(EVERYDAY)
          const from: Ingredients = {
            host: window.location.origin,
            key: key ?? PLACEHOLDER,
            model: chosen,
            strong: have(STRONG),
            quick: have(QUICK),
            contextTokens: models.find(({ id }) => id === chosen)?.context_tokens ?? 131_072,
            operator: operator.name,
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
                      value={chosen}
                      onChoose={setModel}
                      choices={models.map(({ id, name }) => ({ value: id, text: name }))}
                    />
                  </div>
                  <Steps steps={recipe.steps(from)} />
                  {w.note[recipe.id] ? <p className="text-sm text-soft">{w.note[recipe.id]}</p> : null}
                  <div className="grid gap-2 border-t pt-5">
                    <h3>{w.easy}</h3>
                    <p className="text-sm text-soft">{w.easyAbout}</p>
                    <Code text={helperCommand(recipe.id, from.host)} label={w.command} />
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
