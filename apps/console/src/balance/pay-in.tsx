import { orderSchema, redeemedSchema, type Order } from '@codeplan/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { z } from 'zod'

import { sent } from '../account/entrance.tsx'
import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { newRequestKey } from '../api/request-key.ts'
import { Button, Card, Field, toast } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { balanceWords } from './words.ts'

export function TopUp({ currency }: { readonly currency: string }) {
  const w = useWords(balanceWords)
  const navigate = useNavigate()
  const order = useMutation<Order, Refusal, string>({
    mutationFn: (amount) =>
      ask('/balance/top_up', orderSchema, { method: 'POST', requestKey: newRequestKey(), body: { amount } }),
    onSuccess: ({ id }) => navigate({ to: '/orders/$id', params: { id } }),
  })
  return (
    <Card title={w.topUp}>
      <form className="grid gap-4" onSubmit={sent(({ amount = '' }) => order.mutate(amount.trim()))}>
        <Field
          label={w.amount(currency)}
          name="amount"
          inputMode="decimal"
          defaultValue="50.00"
          required
          maxLength={20}
          fault={order.error?.message}
        />
        <div>
          <Button kind="primary" type="submit" busy={order.isPending}>
            {w.order}
          </Button>
        </div>
      </form>
    </Card>
  )
}

export function Redeem() {
  const w = useWords(balanceWords)
  const queries = useQueryClient()
  const redeem = useMutation<z.infer<typeof redeemedSchema>, Refusal, string>({
    mutationFn: (code) => ask('/redeem', redeemedSchema, { method: 'POST', body: { code } }),
    onSuccess: async ({ gift }) => {
      toast(w.redeemed(gift))
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'start' })
    },
  })
  return (
    <Card title={w.redeem}>
      <form className="grid gap-4" onSubmit={sent(({ code = '' }) => redeem.mutate(code))}>
        <Field
          label={w.code}
          name="code"
          autoComplete="off"
          required
          minLength={4}
          maxLength={64}
          fault={redeem.error?.message}
        />
        <div>
          <Button type="submit" busy={redeem.isPending}>
            {w.redeemDo}
          </Button>
        </div>
      </form>
    </Card>
  )
}
