import { orderSchema, type Order, type SoldPlan } from '@codeplan/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { ask } from '../api/ask.ts'
import { plansQuery } from '../api/plans.ts'
import type { Refusal } from '../api/refusal.ts'
import { newRequestKey } from '../api/request-key.ts'
import { priceOf, type Cycle } from '../plans/plan-card.tsx'
import { termsWords } from '../plans/terms-words.ts'
import { Button, Card, Field, Loaded, Notice, Select } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

export function OrderSeats({ id }: { readonly id: string }) {
  const w = useWords(teamWords)
  const plans = useQuery(plansQuery)
  return (
    <Card title={w.buy}>
      <Loaded query={plans} skeleton="h-24">
        {({ plans: sold }) => <Form id={id} sold={sold} />}
      </Loaded>
    </Card>
  )
}

function Form({ id, sold }: { readonly id: string; readonly sold: readonly SoldPlan[] }) {
  const w = useWords(teamWords)
  const terms = useWords(termsWords)
  const navigate = useNavigate()
  const [plan, setPlan] = useState(sold[0]?.id ?? '')
  const [cycle, setCycle] = useState<Cycle>('month')
  const [count, setCount] = useState('5')
  const wanted = sold.find((one) => one.id === plan)
  const order = useMutation<Order, Refusal>({
    mutationFn: () =>
      ask(`/teams/${id}/orders`, orderSchema, {
        method: 'POST',
        requestKey: newRequestKey(),
        body: { plan, cycle: wanted ? priceOf(wanted, cycle).cycle : cycle, count: Number(count) },
      }),
    onSuccess: (made) => navigate({ to: '/orders/$id', params: { id: made.id } }),
  })
  return (
    <form
      className="grid items-end gap-4 sm:grid-cols-[1fr_1fr_7rem_auto]"
      onSubmit={(event) => {
        event.preventDefault()
        order.mutate()
      }}
    >
      <Select
        label={w.plan}
        value={plan}
        onChoose={setPlan}
        choices={sold.map((one) => ({ value: one.id, text: one.name }))}
      />
      <Select
        label={w.cycle}
        value={cycle}
        onChoose={setCycle}
        choices={(wanted?.prices ?? []).map((one) => ({ value: one.cycle, text: terms.byCycle[one.cycle] }))}
      />
      <Field
        label={w.count}
        type="number"
        min={1}
        max={1000}
        required
        value={count}
        onChange={({ target }) => setCount(target.value)}
      />
      <Button kind="primary" type="submit" busy={order.isPending}>
        {w.toPay}
      </Button>
      {order.error ? (
        <div className="sm:col-span-4">
          <Notice tone="bad">{order.error.message}</Notice>
        </div>
      ) : null}
    </form>
  )
}
