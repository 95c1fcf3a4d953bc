import { saleOrderSchema, type SoldPlan } from '@codeplan/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'

import { ask } from '../api/ask.ts'
import { plansQuery } from '../api/plans.ts'
import type { Refusal } from '../api/refusal.ts'
import { newRequestKey } from '../api/request-key.ts'
import { useAmounts } from '../format/amounts.ts'
import { priceOf } from '../plans/plan-card.tsx'
import { PlanTerms } from '../plans/plan-terms.tsx'
import { termsWords } from '../plans/terms-words.ts'
import { Button, buttonLook, Card, Empty, Field, Loaded, Notice, Page, Segments } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { checkoutWords } from './words.ts'

const route = getRouteApi('/member/checkout')

/** What exactly one gets, at which price, before one orders. */
export function CheckoutPage() {
  const w = useWords(checkoutWords)
  const wish = route.useSearch()
  const plans = useQuery(plansQuery)
  const plan = plans.data?.plans.find(({ id }) => id === wish.plan)
  return (
    <Page title={w.title(plan?.name ?? '')} lead={w.lead}>
      <Loaded query={plans} skeleton="h-96">
        {({ models }) =>
          plan ? (
            <div className="grid items-start gap-5 lg:grid-cols-[1fr_22rem]">
              <Card title={w.youGet}>
                <PlanTerms plan={plan} models={models} />
              </Card>
              <Order plan={plan} />
            </div>
          ) : (
            <Empty
              title={w.noPlan}
              action={
                <Link to="/plans" className={buttonLook('primary')}>
                  {w.toPlans}
                </Link>
              }
            >
              {w.noPlanAbout}
            </Empty>
          )
        }
      </Loaded>
    </Page>
  )
}

type Made = z.infer<typeof saleOrderSchema>

function Order({ plan }: { readonly plan: SoldPlan }) {
  const w = useWords(checkoutWords)
  const terms = useWords(termsWords)
  const { money } = useAmounts()
  const navigate = useNavigate()
  const search = route.useSearch()
  const [coupon, setCoupon] = useState('')
  // One wish: pressed twice it is one order. Another wish has another name.
  const [requestKey, setRequestKey] = useState(newRequestKey)
  const shown = priceOf(plan, search.cycle ?? 'month')
  const order = useMutation<Made, Refusal>({
    mutationFn: () =>
      ask('/sale/orders', saleOrderSchema, {
        method: 'POST',
        requestKey,
        body: { plan: plan.id, cycle: shown.cycle, ...(coupon.trim() === '' ? {} : { coupon: coupon.trim() }) },
      }),
    onSuccess: ({ order: { id } }) => navigate({ to: '/orders/$id', params: { id } }),
    onError: ({ code, detail }) => {
      setRequestKey(newRequestKey())
      const open = detail['order']
      if (code === 'order_open' && typeof open === 'string') void navigate({ to: '/orders/$id', params: { id: open } })
    },
  })
  const price = money(shown.price)
  return (
    <Card title={w.sum} side={<span className="text-2xl font-semibold">{price}</span>}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          order.mutate()
        }}
      >
        {plan.prices.length > 1 ? (
          <Segments
            label={w.cycle}
            value={shown.cycle}
            onChoose={(cycle) => void navigate({ to: '/checkout', search: { ...search, cycle }, replace: true })}
            choices={plan.prices.map(({ cycle }) => ({ value: cycle, text: terms.byCycle[cycle] }))}
          />
        ) : null}
        <Field
          label={w.coupon}
          hint={w.couponHint}
          value={coupon}
          onChange={(event) => setCoupon(event.target.value)}
          fault={order.error?.code === 'coupon' ? order.error.message : undefined}
          autoComplete="off"
          maxLength={64}
        />
        {order.error && order.error.code !== 'coupon' ? <Notice tone="bad">{order.error.message}</Notice> : null}
        <Button kind="primary" type="submit" busy={order.isPending}>
          {w.order}
        </Button>
        <ul className="grid gap-1.5 text-sm text-soft">
          <li>{w.renews(price, terms.perCycle[shown.cycle])}</li>
          <li>{w.refund}</li>
        </ul>
      </form>
    </Card>
  )
}
