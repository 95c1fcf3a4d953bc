import type { SoldPlan, StockAnswer } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'

import { isInLine, joinLine, stockQuery, ticketQuery } from '../api/sale.ts'
import { useStart } from '../api/start.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Button, buttonLook, look, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { priceOf, type Cycle } from './plan-card.tsx'
import { plansWords } from './words.ts'

type Stock = StockAnswer['plans'][number]

export interface ShelfProps {
  readonly plan: SoldPlan
  readonly cycle: Cycle
  readonly stock: Stock | undefined
}

/** What of a plan is there now, and the one thing that can be done about it. */
export function Shelf({ plan, cycle, stock }: ShelfProps) {
  const w = useWords(plansWords)
  const { count } = useAmounts()
  const choose = (
    <Link
      to="/checkout"
      search={{ plan: plan.id, cycle: priceOf(plan, cycle).cycle }}
      className={look(buttonLook('primary'), 'w-full')}
    >
      {w.choose(plan.name)}
    </Link>
  )
  if (!stock) return <div className="h-10" />
  if (stock.paused)
    return <p className="flex h-10 items-center justify-center rounded-md bg-sunk text-soft">{w.paused}</p>
  // Not limited.
  if (stock.left === null) return choose
  if (stock.left > 0 && stock.waiting === 0)
    return (
      <>
        <p className="mb-2 text-center text-sm text-soft">{w.left(count(stock.left))}</p>
        {choose}
      </>
    )
  return <SoldOut plan={plan} stock={stock} />
}

function SoldOut({ plan, stock }: { readonly plan: SoldPlan; readonly stock: Stock }) {
  const w = useWords(plansWords)
  const { count } = useAmounts()
  const times = useTimes()
  const now = useNow(1_000)
  const { next_release: next } = stock
  const isBefore = next !== null && stock.room_open
  const people = isBefore
    ? next.joined > 0
      ? w.inRoom(count(next.joined))
      : null
    : stock.waiting > 0
      ? w.waiting(count(stock.waiting))
      : null
  return (
    <div className="grid gap-2 text-sm">
      <p className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{w.soldOut}</span>
        {people ? <span className="text-soft">{people}</span> : null}
      </p>
      {next ? (
        <p className="flex flex-wrap items-baseline justify-between gap-x-2 text-soft">
          <span>{w.nextRelease(count(next.pieces), times.operator(next.opens_at))}</span>
          <span>
            {w.opensIn} <span className="font-medium text-ink">{times.countdown(Date.parse(next.opens_at) - now)}</span>
          </span>
        </p>
      ) : (
        <p className="text-soft">{w.noRelease}</p>
      )}
      <Wait plan={plan} text={isBefore ? w.joinRoom : w.joinLine} how={isBefore ? 'ticket' : 'waitlist'} />
    </div>
  )
}

function Wait({
  plan,
  text,
  how,
}: {
  readonly plan: SoldPlan
  readonly text: string
  readonly how: 'ticket' | 'waitlist'
}) {
  const { me } = useStart()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const mine = useQuery({ ...ticketQuery, enabled: me !== null })
  const join = useMutation({
    mutationFn: () => joinLine(plan.id, how),
    onSuccess: async (ticket) => {
      queries.setQueryData(ticketQuery.queryKey, ticket)
      await queries.invalidateQueries({ queryKey: stockQuery.queryKey, exact: true })
    },
    onError: toastRefusal,
  })
  const click = (): void => {
    if (me) join.mutate()
    else void navigate({ to: '/account/sign-in', search: { back: '/plans' } })
  }
  return (
    <Button className="w-full" disabled={isInLine(mine.data)} busy={join.isPending} onClick={click}>
      {text}
    </Button>
  )
}
