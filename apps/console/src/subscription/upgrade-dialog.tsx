import { orderSchema, type Order } from '@codeplan/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { newRequestKey } from '../api/request-key.ts'
import { upgradeQuoteQuery, type PlanWish, type Quote } from '../api/subscription.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Button, Dialog, Fact, Facts, Loaded, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { subscriptionWords } from './words.ts'

export interface UpgradeDialogProps {
  readonly wish: PlanWish | undefined
  readonly name: string
  readonly onClose: () => void
}

/** What an upgrade costs now, out of what, and what it does. Only then can it be ordered. */
export function UpgradeDialog({ wish, name, onClose }: UpgradeDialogProps) {
  const w = useWords(subscriptionWords)
  return (
    <Dialog open={wish !== undefined} onClose={onClose} title={w.quote.title(name)}>
      {wish ? <Offer wish={wish} onClose={onClose} /> : null}
    </Dialog>
  )
}

function Offer({ wish, onClose }: { readonly wish: PlanWish; readonly onClose: () => void }) {
  const all = useWords(subscriptionWords)
  const w = all.quote
  const navigate = useNavigate()
  const [requestKey] = useState(newRequestKey)
  const quote = useQuery(upgradeQuoteQuery(wish))
  const order = useMutation<Order, Refusal, Quote>({
    mutationFn: ({ due }) =>
      ask('/subscription/upgrade', orderSchema, {
        method: 'POST',
        requestKey,
        body: { ...wish, expected_due: due.amount },
      }),
    onSuccess: ({ id }) => navigate({ to: '/orders/$id', params: { id } }),
    onError: ({ code }) => {
      if (code === 'quote_changed') void quote.refetch()
    },
  })
  return (
    <Loaded query={quote} skeleton="h-52">
      {(offer) => (
        <>
          <QuoteFacts quote={offer} />
          {order.error ? (
            <Notice tone="bad">{order.error.code === 'quote_changed' ? w.changed : order.error.message}</Notice>
          ) : null}
          <div className="flex flex-wrap justify-end gap-3">
            <Button kind="plain" onClick={onClose}>
              {all.cancel}
            </Button>
            <Button kind="primary" busy={order.isPending} onClick={() => order.mutate(offer)}>
              {w.order}
            </Button>
          </div>
        </>
      )}
    </Loaded>
  )
}

function QuoteFacts({ quote }: { readonly quote: Quote }) {
  const w = useWords(subscriptionWords).quote
  const times = useTimes()
  const { money } = useAmounts()
  return (
    <>
      <Facts>
        <Fact label={quote.anchor === 'keep' ? w.price(quote.days_left) : w.priceWhole}>{money(quote.price)}</Fact>
        <Fact label={w.credit}>{money({ ...quote.credit, amount: `-${quote.credit.amount}` })}</Fact>
        <div className="border-t pt-2">
          <Fact label={w.due}>
            <span className="text-xl">{money(quote.due)}</span>
          </Fact>
        </div>
      </Facts>
      <ul className="grid list-disc gap-1 pl-5 text-sm text-soft">
        <li>
          {w[quote.anchor]} {w[quote.windows]}
        </li>
        <li>{w.next(money(quote.next_renewal.price), times.operator(quote.next_renewal.at))}</li>
        <li>{w.until}</li>
      </ul>
    </>
  )
}
