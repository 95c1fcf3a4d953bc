import { orderSchema, paidSchema, type Order } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'

import { ask } from '../api/ask.ts'
import { methodsQuery, orderQuery, type Methods } from '../api/orders.ts'
import type { Refusal } from '../api/refusal.ts'
import { useAmounts } from '../format/amounts.ts'
import { Button, buttonLook, Card, Loaded, Notice, Switch, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { checkoutWords } from './words.ts'

type Paid = z.infer<typeof paidSchema>

/** How an open order is paid: by a method that is bound, or on the page of a provider. */
export function Payment({ order, payment }: { readonly order: Order; readonly payment: Paid['payment'] }) {
  const w = useWords(checkoutWords)
  const methods = useQuery(methodsQuery)
  if (payment && payment.state !== 'failed')
    return (
      <Card title={w.waitingTitle}>
        <p className="mb-4 text-soft">{w.waiting}</p>
        <div className="flex flex-wrap gap-3">
          {payment.redirect_url ? (
            <a href={payment.redirect_url} className={buttonLook('primary')}>
              {w.goOn}
            </a>
          ) : null}
          <Cancel order={order} />
        </div>
      </Card>
    )
  return (
    <Card title={w.payWith}>
      <div className="grid gap-4">
        {payment ? <Notice tone="bad">{w.failed}</Notice> : null}
        <Loaded query={methods} skeleton="h-40">
          {(data) => <Choose order={order} {...data} />}
        </Loaded>
      </div>
    </Card>
  )
}

type Way = { readonly method: string } | { readonly provider: string }

function Choose({ order, methods, providers }: { readonly order: Order } & Methods) {
  const w = useWords(checkoutWords)
  const { money } = useAmounts()
  const queries = useQueryClient()
  const ways: readonly (Way & { readonly text: string })[] = [
    ...methods.map(({ id, label }) => ({ method: id, text: label })),
    ...providers.map((provider) => ({ provider, text: w.provider[provider] ?? provider })),
  ]
  const [chosen, setChosen] = useState(0)
  const [keep, setKeep] = useState(true)
  const way = ways[chosen]
  const pay = useMutation<Paid, Refusal, Way>({
    mutationFn: (by) =>
      ask(`/orders/${order.id}/pay`, paidSchema, {
        method: 'POST',
        body:
          'method' in by
            ? { method: by.method }
            : { provider: by.provider, keep: keep && order.cycle !== null, return_path: `/orders/${order.id}` },
      }),
    onSuccess: (paid) => {
      const url = paid.payment?.redirect_url
      if (url) window.location.assign(url)
      else queries.setQueryData(orderQuery(order.id).queryKey, paid)
    },
    onError: toastRefusal,
  })
  const isFree = Number(order.due.amount) === 0
  if (ways.length === 0 && !isFree) return <Notice tone="warn">{w.noProvider}</Notice>
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        pay.mutate(way ?? { provider: '' })
      }}
    >
      {isFree ? null : (
        <fieldset className="grid gap-2">
          <legend className="sr-only">{w.payWith}</legend>
          {ways.map(({ text }, i) => (
            <label
              key={text}
              className="flex cursor-pointer items-center gap-3 rounded-md border px-4 py-3 has-checked:border-accent has-checked:bg-tint"
            >
              <input
                type="radio"
                name="way"
                checked={i === chosen}
                onChange={() => setChosen(i)}
                className="size-4 accent-(--color-accent)"
              />
              {text}
            </label>
          ))}
        </fieldset>
      )}
      {!isFree && way && 'provider' in way && order.cycle !== null ? (
        <Switch label={w.keep} hint={w.keepHint} on={keep} onSwitch={setKeep} />
      ) : null}
      <div className="flex flex-wrap gap-3">
        <Button kind="primary" type="submit" busy={pay.isPending}>
          {isFree ? w.free : w.pay(money(order.due))}
        </Button>
        <Cancel order={order} />
      </div>
    </form>
  )
}

function Cancel({ order }: { readonly order: Order }) {
  const w = useWords(checkoutWords)
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => ask(`/orders/${order.id}/cancel`, orderSchema, { method: 'POST' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: orderQuery(order.id).queryKey }),
    onError: toastRefusal,
  })
  // The bill of a renewal is not cancelled: its switch is.
  if (order.kind === 'renewal') return null
  return (
    <Button kind="plain" busy={cancel.isPending} onClick={() => cancel.mutate()}>
      {w.cancel}
    </Button>
  )
}
