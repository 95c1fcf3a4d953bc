import { economicsSchema, type Economics } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'

import { useAmounts } from '../format/amounts.ts'
import { usePlanName } from '../plans/plan-name.ts'
import { Card, Loaded, Page, Stat, Stats, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminQuery } from './api.ts'
import { economicsWords } from './economics-words.ts'
import { colorOf, COLORS, Figure } from './figure.tsx'

const query = adminQuery('/economics', economicsSchema)

interface Shown {
  readonly found: Economics
}

/** Before the answer is there, the sentence has its place. */
const DAYS_OF_MONTH = 30

export function EconomicsPage() {
  const w = useWords(economicsWords)
  const { count } = useAmounts()
  const asked = useQuery(query)
  const lead = asked.data ? (
    w.lead(count(asked.data.days))
  ) : (
    <span className="invisible">{w.lead(count(DAYS_OF_MONTH))}</span>
  )
  return (
    <Page title={w.title} lead={lead}>
      <Loaded query={asked} skeleton="h-[70dvh]">
        {(found) => (
          <>
            <div className="grid gap-5 sm:grid-cols-3">
              {found.plans.map((plan) => (
                <Ratio key={plan.plan} plan={plan} currency={found.currency} />
              ))}
            </div>
            <Card title={w.perPlan}>
              <Plans found={found} />
            </Card>
            <Card title={w.forecast}>
              <Forecast found={found} />
            </Card>
            <Card title={w.drawnByDay}>
              <Drawn found={found} />
            </Card>
            <Card title={w.income}>
              <Income found={found} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Two decimals: amounts that are reckoned, not booked. */
const money = (amount: number, currency: string) => ({ amount: amount.toFixed(2), currency })

function Ratio({ plan, currency }: { readonly plan: Economics['plans'][number]; readonly currency: string }) {
  const w = useWords(economicsWords)
  const planName = usePlanName()
  const { count, money: text } = useAmounts()
  return (
    <Card title={planName(plan.plan)}>
      <p className="text-3xl font-semibold">{plan.ratio === null ? w.notYet : w.times(count(plan.ratio))}</p>
      <p className="text-sm text-soft">{w.ratio}</p>
      <p className="mt-3 text-sm">{[w.fee, text(money(plan.fee, currency))].join(' ')}</p>
      {plan.worst_case_ratio === null ? null : (
        <p className="text-sm" title={w.worstHint}>
          {[w.worst, w.times(count(plan.worst_case_ratio))].join(' ')}
        </p>
      )}
    </Card>
  )
}

function Plans({ found: { plans, currency } }: Shown) {
  const w = useWords(economicsWords)
  const planName = usePlanName()
  const { count, share, money: text } = useAmounts()
  return (
    <Table
      caption={w.perPlan}
      rows={plans}
      keyOf={({ plan }) => plan}
      columns={[
        { head: w.plan, main: true, cell: ({ plan }) => planName(plan) },
        { head: w.subscriptions, figures: true, cell: ({ subscriptions: n }) => count(n) },
        { head: w.revenue, figures: true, cell: ({ revenue_month: amount }) => text(amount) },
        {
          head: w.drawn,
          figures: true,
          cell: ({ list_price_drawn: all, subscriptions: n }) => (n > 0 ? text(money(all / n, currency)) : '–'),
        },
        { head: w.full, figures: true, cell: ({ full_use_share: n }) => (n === null ? '–' : share(n)) },
        {
          head: w.worst,
          figures: true,
          cell: ({ worst_case_ratio: n }) => (n === null ? '–' : w.times(count(n))),
        },
      ]}
    />
  )
}

function Forecast({ found: { forecast, upstream_cost: cost, currency } }: Shown) {
  const w = useWords(economicsWords)
  const { count, share, money: text } = useAmounts()
  return (
    <Stats>
      <Stat
        label={w.renewals}
        value={text(forecast.renewals_30_days)}
        more={w.renewalsMore(count(forecast.renewals))}
      />
      <Stat label={w.listPrice} value={text(money(forecast.list_price_30_days, currency))} more={w.listPriceMore} />
      {cost ? (
        <Stat
          label={w.cost}
          value={text(cost.days_30)}
          more={[
            w.costMore(count(cost.percent)),
            cost.of_revenue === null ? '' : w.ofRevenue(share(cost.of_revenue)),
          ].join(' · ')}
        />
      ) : (
        <Stat label={w.cost} value={w.noCost} more={w.noCostMore} />
      )}
    </Stats>
  )
}

function Drawn({ found: { days_drawn: rows, plans, currency } }: Shown) {
  const w = useWords(economicsWords)
  const planName = usePlanName()
  const { size, money: text } = useAmounts()
  const days = [...Map.groupBy(rows, ({ day }) => day)]
  const of = (all: Economics['days_drawn'], plan: string): number =>
    all.find((row) => row.plan === plan)?.list_price ?? 0
  return (
    <Figure
      data={days.map(([day, all]) => ({
        day: day.slice(5),
        ...Object.fromEntries(plans.map(({ plan }) => [plan, of(all, plan)])),
      }))}
      x="day"
      figure={size}
      series={plans.map(({ plan }, i) => ({
        key: plan,
        name: planName(plan),
        as: 'bar' as const,
        color: colorOf(i),
        stack: 'drawn',
      }))}
      table={
        <Table
          caption={w.drawnByDay}
          rows={days.toReversed()}
          keyOf={([day]) => day}
          columns={[
            { head: w.day, main: true, cell: ([day]) => day },
            ...plans.map(({ plan }) => ({
              head: planName(plan),
              figures: true,
              cell: ([, all]: (typeof days)[number]) => text(money(of(all, plan), currency)),
            })),
          ]}
        />
      }
    />
  )
}

function Income({ found: { months } }: Shown) {
  const w = useWords(economicsWords)
  const { size, money: text } = useAmounts()
  return (
    <Figure
      data={months.map((row) => ({
        month: row.month,
        plans: Number(row.plans.amount),
        balance: Number(row.balance.amount),
      }))}
      x="month"
      figure={size}
      series={[
        { key: 'plans', name: w.plans, as: 'bar', color: COLORS[0], stack: 'in' },
        { key: 'balance', name: w.balance, as: 'bar', color: COLORS[1], stack: 'in' },
      ]}
      table={
        <Table
          caption={w.income}
          rows={months.toReversed()}
          keyOf={({ month }) => month}
          columns={[
            { head: w.month, main: true, cell: ({ month }) => month },
            { head: w.plans, figures: true, cell: ({ plans }) => text(plans) },
            { head: w.balance, figures: true, cell: ({ balance }) => text(balance) },
            { head: w.refunded, figures: true, cell: ({ refunded }) => text(refunded) },
          ]}
        />
      }
    />
  )
}
