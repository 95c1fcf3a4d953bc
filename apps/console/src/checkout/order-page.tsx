import type { Order } from '@codeplan/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'

import { orderQuery } from '../api/orders.ts'
import { plansQuery } from '../api/plans.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { buttonLook, Card, Fact, Facts, Loaded, Notice, Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Payment } from './payment.tsx'
import { checkoutWords } from './words.ts'

const route = getRouteApi('/member/orders/$id')

/** An order of any kind, until it is paid or over: also where the payment page sends people back to. */
export function OrderPage() {
  const w = useWords(checkoutWords)
  const { id } = route.useParams()
  const query = useQuery(orderQuery(id))
  const { data: plans } = useQuery(plansQuery)
  const order = query.data?.order
  const name = plans?.plans.find((plan) => plan.id === order?.plan)?.name ?? order?.plan ?? ''
  useForgetOld(order)
  return (
    <Page title={order ? w.orderOf[order.kind](name) : ' '}>
      <Loaded query={query} skeleton="h-72">
        {({ order, payment }) => (
          <div className="grid items-start gap-5 lg:grid-cols-[1fr_22rem]">
            {order.state === 'open' ? (
              <Payment order={order} payment={payment} />
            ) : order.state === 'paid' ? (
              <Paid order={order} />
            ) : (
              <Over state={order.state} />
            )}
            <Sum order={order} />
          </div>
        )}
      </Loaded>
    </Page>
  )
}

/** What was known of the plan, the balance and the stock is not so any more once an order is paid. */
function useForgetOld(order: Order | undefined): void {
  const queries = useQueryClient()
  const state = order?.state
  useEffect(() => {
    if (state === undefined || state === 'open') return
    void queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first !== 'orders' && first !== 'start' })
  }, [state, queries])
}

function Sum({ order }: { readonly order: Order }) {
  const w = useWords(checkoutWords)
  const times = useTimes()
  const { money } = useAmounts()
  const now = useNow(1_000)
  const minus = (amount: Order['price']) => money({ ...amount, amount: `-${amount.amount}` })
  const isSome = ({ amount }: Order['price']): boolean => Number(amount) !== 0
  return (
    <Card title={w.due} side={<span className="text-2xl font-semibold">{money(order.due)}</span>}>
      <Facts>
        <Fact label={w.price}>{money(order.price)}</Fact>
        {isSome(order.discount) ? <Fact label={w.discount}>{minus(order.discount)}</Fact> : null}
        {isSome(order.credit) ? <Fact label={w.credit}>{minus(order.credit)}</Fact> : null}
        {order.state === 'open' ? (
          <Fact label={w.left}>
            <span role="timer">{times.countdown(Date.parse(order.expires_at) - now)}</span>
          </Fact>
        ) : null}
      </Facts>
      {order.state === 'open' ? (
        <p className="mt-3 text-sm text-soft">{w.until(times.zoned(order.expires_at))}</p>
      ) : null}
    </Card>
  )
}

function Paid({ order }: { readonly order: Order }) {
  const w = useWords(checkoutWords)
  return (
    <Notice tone="good" title={w.paid[order.kind]}>
      {order.kind === 'purchase' ? <p>{w.nextSteps}</p> : null}
      <div className="mt-4 flex flex-wrap gap-3">
        {order.kind === 'purchase' ? (
          <Link to="/setup" className={buttonLook('primary')}>
            {w.setUp}
          </Link>
        ) : null}
        {order.kind === 'balance' ? (
          <Link to="/balance" className={buttonLook('primary')}>
            {w.toBalance}
          </Link>
        ) : order.kind === 'seats' ? (
          <Link to="/team" className={buttonLook('primary')}>
            {w.toTeam}
          </Link>
        ) : (
          <Link to="/subscription" className={buttonLook(order.kind === 'purchase' ? 'quiet' : 'primary')}>
            {w.toSubscription}
          </Link>
        )}
      </div>
    </Notice>
  )
}

function Over({ state }: { readonly state: 'expired' | 'cancelled' }) {
  const w = useWords(checkoutWords)
  return (
    <Notice tone="warn" title={w.over[state]}>
      <p>{w.overAbout}</p>
      <Link to="/plans" className={`${buttonLook('quiet')} mt-4`}>
        {w.toPlans}
      </Link>
    </Notice>
  )
}
