import type { StandingWindowShown, SubscriptionStanding } from '@codeplan/contract'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { standingQuery } from '../api/usage.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Badge, buttonLook, Card, Empty, Gauge, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usageWords } from './words.ts'

const HOUR_MS = 3_600_000

/** What is left of each window, until when, and whether it lasts. */
export function WindowsCard() {
  const w = useWords(usageWords)
  const { data } = useSuspenseQuery(standingQuery)
  if (data.subscriptions.length === 0) {
    const plans = (
      <Link to="/plans" className={buttonLook('primary')}>
        {w.seePlans}
      </Link>
    )
    return (
      <Empty title={w.noPlan} action={plans}>
        {w.noPlanAbout}
      </Empty>
    )
  }
  return data.subscriptions
    .toSorted((a, b) => Number(b.drawn) - Number(a.drawn))
    .map((subscription) => <OneSubscription key={subscription.id} subscription={subscription} />)
}

function OneSubscription({ subscription }: { readonly subscription: SubscriptionStanding }) {
  const w = useWords(usageWords)
  const times = useTimes()
  const { name, ends_at, paid_until, in_flight, concurrency, windows } = subscription
  const side = (
    <div className="flex flex-wrap items-center gap-2">
      <Badge tone={in_flight >= concurrency ? 'warn' : 'plain'}>{w.inFlight(in_flight, concurrency)}</Badge>
      <span className="text-sm text-soft">{w.until(times.day(ends_at))}</span>
    </div>
  )
  return (
    <Card title={name} side={side}>
      <div className="grid gap-6">
        {paid_until === null ? null : <Notice tone="warn" title={w.paymentOpen(times.day(ends_at))} />}
        {windows.map((window) => (
          <WindowGauge key={window.id} window={window} />
        ))}
      </div>
    </Card>
  )
}

function WindowGauge({ window }: { readonly window: StandingWindowShown }) {
  const w = useWords(usageWords)
  const { count } = useAmounts()
  const times = useTimes()
  const now = useNow()
  const { used_share, used, limit, unit, resets_at, runs_out_at, length_ms } = window
  const isLong = length_ms > 24 * HOUR_MS
  const at = (when: string): string => (isLong ? times.moment(when) : times.time(when))
  const pace = used_share >= 1 ? w.full : runs_out_at ? w.pace(at(runs_out_at)) : w.lasts
  const shown = { label: w.windowName(length_ms / HOUR_MS), text: w.used(count(used), count(limit), unit) }
  return (
    <Gauge {...shown} share={used_share} {...(runs_out_at && used_share < 0.95 ? { tone: 'warn' } : {})}>
      {resets_at === null ? (
        w.untouched
      ) : (
        <span className="flex flex-wrap justify-between gap-x-4">
          <span>{w.resets(at(resets_at), times.relative(resets_at, now))}</span>
          {used > 0 ? <span className={runs_out_at ? 'text-warn' : ''}>{pace}</span> : null}
        </span>
      )}
    </Gauge>
  )
}
