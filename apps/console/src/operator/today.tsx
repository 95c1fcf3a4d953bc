import { todaySchema, type Attention, type Today as TodayAnswer } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Icon, Loaded, Notice, Page, Stat, Stats, Table, type Tone } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminQuery } from './api.ts'
import { COLORS, Figure } from './figure.tsx'
import { todayWords } from './today-words.ts'

const EVERY_MS = 5_000
export const todayQuery = adminQuery('/today', todaySchema, EVERY_MS)

export const STATE_TONES: Readonly<Record<TodayAnswer['upstreams'][number]['state'], Tone>> = {
  good: 'good',
  shaky: 'warn',
  resting: 'bad',
  drained: 'warn',
}

/** Where somebody goes about it. */
const WAYS: Readonly<Record<Attention['kind'], Pick<LinkProps, 'to' | 'search'>>> = {
  payments_stuck: { to: '/operator/orders', search: { part: 'payments' } },
  refunds_failed: { to: '/operator/orders', search: { part: 'refunds' } },
  renewals_failed: { to: '/operator/members', search: { is: 'past_due' } },
  letters_given_up: { to: '/operator/system' },
  webhooks_waiting: { to: '/operator/orders', search: { part: 'payments' } },
  routes_resting: { to: '/operator/upstreams' },
  upstreams_drained: { to: '/operator/upstreams' },
  tool_policy_suspended: { to: '/operator/tools' },
  nodes_silent: { to: '/operator/system' },
  doctor_found: { to: '/operator/system' },
}

export function Today() {
  const w = useWords(todayWords)
  const query = useQuery(todayQuery)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={query} skeleton="h-[70dvh]">
        {(today) => (
          <>
            <Matters matters={today.attention} />
            <Card title={w.live}>
              <Live live={today.live} />
            </Card>
            <div className="grid gap-5 lg:grid-cols-[3fr_2fr]">
              <Card title={w.load}>
                <Load hours={today.hours} />
              </Card>
              <Card title={w.upstreams}>
                <Upstreams upstreams={today.upstreams} />
              </Card>
            </div>
            <Card title={w.money}>
              <Money money={today.money} />
            </Card>
            <Card title={w.sold}>
              <Plans plans={today.plans} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Matters({ matters }: { readonly matters: readonly Attention[] }) {
  const w = useWords(todayWords)
  const { count } = useAmounts()
  if (matters.length === 0)
    return (
      <Notice tone="good" title={w.calm}>
        <p className="text-soft">{w.calmAbout}</p>
      </Notice>
    )
  return (
    <Card title={w.attention}>
      <ul className="grid gap-2">
        {matters.map(({ kind, count: n, names }) => (
          <li key={kind}>
            <Link
              {...WAYS[kind]}
              className="flex items-center gap-3 rounded-md bg-warn-tint px-4 py-2.5 text-ink no-underline hover:opacity-90"
            >
              <span className="text-warn">
                <Icon name="refused" />
              </span>
              <span className="mr-auto">
                <span className="font-medium">{w.kinds[kind](count(n))}</span>
                {names.length > 0 ? <span className="block text-sm text-soft">{names.join(', ')}</span> : null}
              </span>
              <Icon name="arrow" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Live({ live }: { readonly live: TodayAnswer['live'] }) {
  const w = useWords(todayWords)
  const { count, size } = useAmounts()
  const codes = live.refused.map(({ code, times: n }) => w.refusedBy(w.codes[code] ?? code, count(n))).join(' · ')
  return (
    <>
      <Stats>
        <Stat
          label={w.inFlight}
          value={count(live.in_flight)}
          more={live.nodes > 1 ? w.nodes(count(live.nodes)) : w.oneNode}
        />
        <Stat label={w.waiting} value={count(live.waiting)} tone={live.waiting > 0 ? 'warn' : 'plain'} />
        <Stat label={w.perMinute} value={count(live.calls_a_minute)} />
        <Stat label={w.perSecond} value={size(live.output_tokens_a_second)} />
        <Stat label={w.refused} value={count(live.refused_hour)} />
      </Stats>
      {codes ? <p className="mt-4 text-sm text-soft">{w.refusedWhy(codes)}</p> : null}
    </>
  )
}

function Load({ hours }: { readonly hours: TodayAnswer['hours'] }) {
  const w = useWords(todayWords)
  const times = useTimes()
  const { count, size } = useAmounts()
  const places = hours.some((hour) => hour.places !== null)
  return (
    <Figure
      data={hours.map((hour) => ({ ...hour, at: times.time(hour.hour) }))}
      x="at"
      figure={(value) => size(value)}
      series={[
        { key: 'in_use', name: w.inUse, as: 'area', color: COLORS[0] },
        { key: 'in_use_peak', name: w.peak, as: 'line', color: COLORS[1] },
        ...(places ? [{ key: 'places', name: w.places, as: 'line' as const, color: COLORS[5] }] : []),
      ]}
      table={
        <Table
          caption={w.day}
          rows={hours.toReversed()}
          keyOf={({ hour }) => hour}
          columns={[
            { head: w.hour, main: true, cell: ({ hour }) => times.moment(hour) },
            { head: w.calls, figures: true, cell: ({ calls }) => count(calls) },
            { head: w.failed, figures: true, cell: ({ failed }) => count(failed) },
            { head: w.tokens, figures: true, cell: ({ output_tokens: n }) => size(n) },
            { head: w.inUse, figures: true, cell: ({ in_use: n }) => count(n, 1) },
            { head: w.peak, figures: true, cell: ({ in_use_peak: n }) => count(n) },
            { head: w.waited, figures: true, cell: ({ waited }) => count(waited) },
            { head: w.turnedAway, figures: true, cell: ({ refused }) => count(refused) },
          ]}
        />
      }
    />
  )
}

function Upstreams({ upstreams }: Pick<TodayAnswer, 'upstreams'>) {
  const w = useWords(todayWords)
  const { count } = useAmounts()
  return (
    <ul className="grid gap-3">
      {upstreams.map(({ id, state, running, places }) => (
        <li key={id} className="flex flex-wrap items-baseline justify-between gap-x-4">
          <Link to="/operator/upstreams" className="font-medium text-ink">
            {id}
          </Link>
          <span className="flex items-baseline gap-3 text-sm text-soft">
            {w.running(count(running), places === null ? null : count(places))}
            <Badge tone={STATE_TONES[state]}>{w.states[state]}</Badge>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Money({ money }: Pick<TodayAnswer, 'money'>) {
  const w = useWords(todayWords)
  const { money: text, count } = useAmounts()
  return (
    <Stats>
      <Stat label={w.revenueToday} value={text(money.today)} more={w.revenueYesterday(text(money.yesterday))} />
      <Stat label={w.revenueMonth} value={text(money.month)} more={w.refundedMonth(text(money.refunded_month))} />
      <Stat label={w.ordersToday} value={count(money.orders_today)} />
    </Stats>
  )
}

function Plans({ plans }: Pick<TodayAnswer, 'plans'>) {
  const w = useWords(todayWords)
  const { count } = useAmounts()
  return (
    <Table
      caption={w.sold}
      rows={plans}
      keyOf={({ plan }) => plan}
      columns={[
        {
          head: w.plan,
          main: true,
          cell: ({ name, paused }) => (
            <span className="inline-flex items-center gap-2">
              {name} {paused ? <Badge tone="warn">{w.paused}</Badge> : null}
            </span>
          ),
        },
        { head: w.subscriptions, figures: true, cell: ({ subscriptions: n }) => count(n) },
        { head: w.soldToday, figures: true, cell: ({ sold_today: n }) => count(n) },
        {
          head: w.left,
          figures: true,
          cell: ({ left, released }) =>
            left === null ? (
              <span className="text-soft">{w.notLimited}</span>
            ) : (
              w.leftOf(count(left), count(released ?? 0))
            ),
        },
        { head: w.waiting, figures: true, cell: ({ waiting }) => count(waiting) },
      ]}
    />
  )
}
