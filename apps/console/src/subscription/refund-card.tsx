import { refundedSchema } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { refundQuery } from '../api/subscription.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Button, Card, Dialog, Fact, Facts, Loaded, Notice, toast } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { subscriptionWords } from './words.ts'

type Refunded = z.infer<typeof refundedSchema>

export function RefundCard() {
  const w = useWords(subscriptionWords)
  return (
    <Card title={w.refund}>
      <RefundOffer path="/subscription/refund" />
    </Card>
  )
}

/** What would come back, out of what, before anything is given up. */
export function RefundOffer({ path }: { readonly path: string }) {
  const w = useWords(subscriptionWords)
  const times = useTimes()
  const { money } = useAmounts()
  const queries = useQueryClient()
  const [isShown, setShown] = useState(false)
  const [isAsked, setAsked] = useState(false)
  const offer = useQuery({ ...refundQuery(path), enabled: isShown })
  const giveBack = useMutation<Refunded, Refusal, string>({
    mutationFn: (expected) => ask(path, refundedSchema, { method: 'POST', body: { expected } }),
    onSuccess: async ({ amount }) => {
      toast(w.refunded(money(amount)))
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'start' })
    },
    onError: () => void offer.refetch(),
    onSettled: () => setAsked(false),
  })
  if (!isShown) return <Button onClick={() => setShown(true)}>{w.refundShow}</Button>
  return (
    <Loaded query={offer} skeleton="h-36">
      {({ allowed, until, amount, by_time, by_use }) =>
        allowed ? (
          <div className="grid gap-4">
            <p className="text-soft">{w.refundAllowed(times.zoned(until))}</p>
            <Facts>
              <Fact label={w.byTime}>{money(by_time)}</Fact>
              <Fact label={w.byUse}>{money(by_use)}</Fact>
              <Fact label={w.refundAmount}>{money(amount)}</Fact>
            </Facts>
            {giveBack.error ? <Notice tone="bad">{giveBack.error.message}</Notice> : null}
            <div>
              <Button kind="danger" onClick={() => setAsked(true)}>
                {w.refundDo(money(amount))}
              </Button>
            </div>
            <Dialog
              open={isAsked}
              onClose={() => setAsked(false)}
              title={w.refundTitle}
              actions={
                <>
                  <Button kind="plain" onClick={() => setAsked(false)}>
                    {w.cancel}
                  </Button>
                  <Button kind="danger" busy={giveBack.isPending} onClick={() => giveBack.mutate(amount.amount)}>
                    {w.refundDo(money(amount))}
                  </Button>
                </>
              }
            >
              <p>{w.refundAbout(money(amount))}</p>
            </Dialog>
          </div>
        ) : (
          <p className="text-soft">{w.refundLate(times.zoned(until))}</p>
        )
      }
    </Loaded>
  )
}
