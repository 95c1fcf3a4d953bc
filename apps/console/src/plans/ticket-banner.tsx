import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { plansQuery } from '../api/plans.ts'
import { joinLine, leaveLine, stockQuery, ticketQuery, type MyTicket } from '../api/sale.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Button, buttonLook, Notice, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import type { Cycle } from './plan-card.tsx'
import { plansWords } from './words.ts'

type Ticket = NonNullable<MyTicket['ticket']>

/** My place in the line, above the plans: the first thing to see when it is my turn. */
export function TicketBanner({ cycle }: { readonly cycle: Cycle }) {
  const w = useWords(plansWords).ticket
  const { data: mine } = useQuery(ticketQuery)
  const { data: plans } = useQuery(plansQuery)
  const ticket = mine?.ticket
  if (!ticket) return null
  const name = plans?.plans.find(({ id }) => id === ticket.plan)?.name ?? ticket.plan
  if (ticket.state === 'called') return <Called ticket={ticket} name={name} cycle={cycle} />
  if (ticket.state === 'waiting') return <Waiting ticket={ticket} name={name} />
  if (ticket.state === 'lost') return <Notice tone="warn">{w.lost(name)}</Notice>
  return null
}

function Called({ ticket, name, cycle }: { readonly ticket: Ticket; readonly name: string; readonly cycle: Cycle }) {
  const w = useWords(plansWords).ticket
  const times = useTimes()
  const now = useNow(1_000)
  return (
    <Notice tone="good" title={w.calledTitle(name)}>
      <p>{w.called}</p>
      <div className="mt-3 flex flex-wrap items-center gap-4">
        <Link to="/checkout" search={{ plan: ticket.plan, cycle }} className={buttonLook('primary')}>
          {w.order}
        </Link>
        {ticket.order_before ? (
          <span role="timer">
            {w.left} <strong>{times.countdown(Date.parse(ticket.order_before) - now)}</strong>
          </span>
        ) : null}
      </div>
    </Notice>
  )
}

function Waiting({ ticket, name }: { readonly ticket: Ticket; readonly name: string }) {
  const w = useWords(plansWords).ticket
  const times = useTimes()
  const now = useNow(1_000)
  const { count } = useAmounts()
  const queries = useQueryClient()
  const { data: stock } = useQuery(stockQuery)
  const next = stock?.plans.find(({ plan }) => plan === ticket.plan)?.next_release
  const change = useMutation({
    mutationFn: (work: () => Promise<MyTicket>) => work(),
    onSuccess: (mine) => queries.setQueryData(ticketQuery.queryKey, mine),
    onError: toastRefusal,
  })
  return (
    <Notice tone="accent" title={ticket.ahead === null ? w.waitingTitle(name) : w.lineTitle(name)}>
      {ticket.ahead === null ? (
        <p>{w.drawn}</p>
      ) : (
        <p className="text-lg font-semibold">{w.ahead(ticket.ahead, count(ticket.ahead))}</p>
      )}
      {ticket.ahead === null && next ? (
        <p role="timer" className="mt-1">
          {w.opens} <strong>{times.countdown(Date.parse(next.opens_at) - now)}</strong>
        </p>
      ) : null}
      <div className="mt-3 flex flex-wrap items-center gap-3">
        {ticket.lapses_at === null ? (
          <span className="text-sm">{w.kept}</span>
        ) : (
          <Button
            size="small"
            busy={change.isPending}
            onClick={() => change.mutate(() => joinLine(ticket.plan, 'waitlist'))}
          >
            {w.keep}
          </Button>
        )}
        <Button size="small" kind="plain" busy={change.isPending} onClick={() => change.mutate(leaveLine)}>
          {w.leave}
        </Button>
      </div>
    </Notice>
  )
}
