import type { SoldPlan } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { plansQuery } from '../api/plans.ts'
import { useSubscriptionChange, type PlanWish, type Subscription } from '../api/subscription.ts'
import { useAmounts } from '../format/amounts.ts'
import { termsWords } from '../plans/terms-words.ts'
import { Badge, Button, Card, Loaded, Segments, Table, toast, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { UpgradeDialog } from './upgrade-dialog.tsx'
import { subscriptionWords } from './words.ts'

const MONTHS = { month: 1, quarter: 3, year: 12 } as const
const route = getRouteApi('/member/subscription')

/** Another plan or period: at once where that is an upgrade, else from the next period on. */
export function ChangePlan({ own }: { readonly own: Subscription }) {
  const w = useWords(subscriptionWords)
  const terms = useWords(termsWords)
  const { money } = useAmounts()
  const navigate = useNavigate()
  const { wish } = route.useSearch()
  const [cycle, setCycle] = useState(own.cycle)
  const plans = useQuery(plansQuery)
  const changeNext = useSubscriptionChange('/next', () => toast(w.changed))
  const ownRank = plans.data?.plans.find(({ id }) => id === own.plan)?.rank ?? 0
  const rows = plans.data?.plans.filter(({ prices }) => prices.some((one) => one.cycle === cycle)) ?? []
  /** The server decides; this is where asking makes sense. */
  const mayUpgrade = (plan: SoldPlan): boolean =>
    MONTHS[cycle] >= MONTHS[own.cycle] &&
    (plan.rank > ownRank || (plan.rank === ownRank && MONTHS[cycle] > MONTHS[own.cycle]))
  const close = (): void => void navigate({ to: '/subscription', search: {}, replace: true })
  const open = (plan: string): void => void navigate({ to: '/subscription', search: { wish: plan }, replace: true })
  const wished: PlanWish | undefined =
    rows.some((plan) => plan.id === wish && mayUpgrade(plan)) && wish ? { plan: wish, cycle } : undefined
  return (
    <Card
      title={w.change}
      side={
        <Segments
          label={w.cycle}
          value={cycle}
          onChoose={setCycle}
          choices={(['month', 'quarter', 'year'] as const).map((value) => ({ value, text: terms.byCycle[value] }))}
        />
      }
    >
      <p className="-mt-2 mb-4 max-w-[65ch] text-soft">{w.changeLead}</p>
      <Loaded query={plans} skeleton="h-40">
        {() => (
          <Table
            caption={w.change}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                head: w.plan,
                main: true,
                cell: ({ id, name }) => (
                  <span className="inline-flex items-center gap-2">
                    {name}
                    {id === own.plan && cycle === own.cycle ? <Badge tone="accent">{w.current}</Badge> : null}
                    {own.renewal?.plan === id &&
                    own.renewal.cycle === cycle &&
                    !(id === own.plan && cycle === own.cycle) ? (
                      <Badge>{w.planned}</Badge>
                    ) : null}
                  </span>
                ),
              },
              {
                head: w.price,
                cell: ({ prices }) => {
                  const price = prices.find((one) => one.cycle === cycle)
                  return price ? `${money(price.price)} ${terms.perCycle[cycle]}` : null
                },
              },
              {
                head: '',
                figures: true,
                cell: (plan) => (
                  <span className="inline-flex flex-wrap justify-end gap-2">
                    {plan.id === own.plan && cycle === own.cycle ? null : (
                      <Button
                        size="small"
                        disabled={!own.renews || changeNext.isPending}
                        onClick={() =>
                          changeNext.mutate(
                            { method: 'PUT', body: { plan: plan.id, cycle } },
                            { onError: toastRefusal },
                          )
                        }
                      >
                        {w.atRenewal}
                      </Button>
                    )}
                    {mayUpgrade(plan) ? (
                      <Button size="small" kind="primary" onClick={() => open(plan.id)}>
                        {w.upgrade}
                      </Button>
                    ) : null}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <UpgradeDialog wish={wished} name={rows.find(({ id }) => id === wish)?.name ?? ''} onClose={close} />
    </Card>
  )
}
