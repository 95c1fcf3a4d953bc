import { setupSchema } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect } from 'react'

import { ask } from '../api/ask.ts'
import { methodsQuery, setupQuery, type Setup } from '../api/orders.ts'
import type { Refusal } from '../api/refusal.ts'
import { checkoutWords } from '../checkout/words.ts'
import { Button, Loaded, Notice, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { subscriptionWords } from './words.ts'

const route = getRouteApi('/member/subscription')

/** Binds a method on a provider's page, where nothing is paid. */
export function AddMethod({ bindable }: { readonly bindable: readonly string[] }) {
  const w = useWords(subscriptionWords)
  const names = useWords(checkoutWords).provider
  const { setup } = route.useSearch()
  const add = useMutation<Setup, Refusal, string>({
    mutationFn: (provider) =>
      ask('/methods/setups', setupSchema, {
        method: 'POST',
        body: { provider, return_path: '/subscription' },
      }),
    onSuccess: ({ redirect_url }) => {
      if (redirect_url) window.location.assign(redirect_url)
    },
    onError: toastRefusal,
  })
  if (bindable.length === 0) return null
  return (
    <div className="grid gap-3">
      {setup ? <Begun id={setup} /> : null}
      <p className="text-soft">{w.addAbout}</p>
      <div className="flex flex-wrap gap-3">
        {bindable.map((provider) => (
          <Button
            key={provider}
            busy={add.isPending && add.variables === provider}
            onClick={() => add.mutate(provider)}
          >
            {w.add(names[provider] ?? provider, bindable.length > 1)}
          </Button>
        ))}
      </div>
    </div>
  )
}

/** Whoever has come back sees what has become of it. */
function Begun({ id }: { readonly id: string }) {
  const w = useWords(subscriptionWords)
  const queries = useQueryClient()
  const query = useQuery(setupQuery(id))
  const state = query.data?.state
  useEffect(() => {
    if (state === 'succeeded') void queries.invalidateQueries({ queryKey: methodsQuery.queryKey, exact: true })
  }, [state, queries])
  return (
    <Loaded query={query} skeleton="h-10">
      {(setup) => {
        if (setup.state === 'succeeded') return <Notice tone="good">{w.added}</Notice>
        return setup.state === 'failed' ? <Notice tone="bad">{w.notAdded}</Notice> : <Notice>{w.adding}</Notice>
      }}
    </Loaded>
  )
}
