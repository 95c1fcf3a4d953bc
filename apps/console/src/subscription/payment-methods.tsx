import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { ask, nothing } from '../api/ask.ts'
import { methodsQuery, type Methods } from '../api/orders.ts'
import { subscriptionQuery } from '../api/plans.ts'
import { useSubscriptionChange } from '../api/subscription.ts'
import { Badge, Button, Card, Dialog, Loaded, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { AddMethod } from './add-method.tsx'
import { subscriptionWords } from './words.ts'

type Method = Methods['methods'][number]

export function PaymentMethods() {
  const w = useWords(subscriptionWords)
  const query = useQuery(methodsQuery)
  return (
    <Card title={w.methods}>
      <Loaded query={query} skeleton="h-32">
        {({ methods, bindable }) => (
          <div className="grid gap-4">
            {methods.length === 0 ? <p className="text-soft">{w.noMethods}</p> : <MethodList methods={methods} />}
            <AddMethod bindable={bindable} />
          </div>
        )}
      </Loaded>
    </Card>
  )
}

function MethodList({ methods }: { readonly methods: readonly Method[] }) {
  const w = useWords(subscriptionWords)
  const { data: own } = useQuery(subscriptionQuery)
  const choose = useSubscriptionChange('/method')
  const [leaving, setLeaving] = useState<Method>()
  return (
    <>
      <ul className="grid gap-3">
        {methods.map((method) => (
          <li key={method.id} className="flex flex-wrap items-center justify-between gap-3">
            <span className="flex flex-wrap items-center gap-2 font-medium">
              {method.label}
              {method.charged_for_renewals ? <Badge tone="accent">{w.charged}</Badge> : null}
            </span>
            <span className="flex gap-2">
              {own && !method.charged_for_renewals ? (
                <Button
                  size="small"
                  busy={choose.isPending}
                  onClick={() =>
                    choose.mutate({ method: 'PUT', body: { method: method.id } }, { onError: toastRefusal })
                  }
                >
                  {w.useIt}
                </Button>
              ) : null}
              <Button size="small" kind="plain" onClick={() => setLeaving(method)}>
                {w.remove}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Remove method={leaving} onClose={() => setLeaving(undefined)} />
    </>
  )
}

function Remove({ method, onClose }: { readonly method: Method | undefined; readonly onClose: () => void }) {
  const w = useWords(subscriptionWords)
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask(`/methods/${method?.id}`, nothing, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: methodsQuery.queryKey }),
    onError: toastRefusal,
    onSettled: onClose,
  })
  return (
    <Dialog
      open={method !== undefined}
      onClose={onClose}
      title={w.removeTitle}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {w.cancel}
          </Button>
          <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {w.remove}
          </Button>
        </>
      }
    >
      <p>{w.removeAbout}</p>
    </Dialog>
  )
}
