import type { SoldModel, SoldPlan, StockAnswer, subscriptionSchema } from '@codeplan/contract'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'

import { useAmounts } from '../format/amounts.ts'
import { Badge, buttonLook, look } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { PlanTerms } from './plan-terms.tsx'
import { Shelf } from './shelf.tsx'
import { termsWords } from './terms-words.ts'
import { plansWords } from './words.ts'

export type Cycle = SoldPlan['prices'][number]['cycle']
type Own = z.infer<typeof subscriptionSchema>

export interface PlanCardProps {
  readonly plan: SoldPlan
  readonly models: readonly SoldModel[]
  readonly cycle: Cycle
  readonly stock: StockAnswer['plans'][number] | undefined
  readonly own: Own | undefined
  readonly ownRank: number | undefined
}

export function PlanCard({ plan, models, cycle, stock, own, ownRank }: PlanCardProps) {
  const w = useWords(plansWords)
  const isOwn = own?.plan === plan.id
  return (
    <li className={look('flex flex-col rounded-lg border bg-card p-5 sm:p-6', isOwn && 'border-accent')}>
      <div className="flex min-h-6 items-center justify-between gap-2">
        <h2 className="truncate">{plan.name}</h2>
        {isOwn ? <Badge tone="accent">{w.yours}</Badge> : null}
      </div>
      <Price plan={plan} cycle={cycle} />
      <PlanTerms plan={plan} models={models} />
      <div className="mt-auto pt-6">
        {own ? (
          <Link
            to="/subscription"
            search={isOwn ? {} : { wish: plan.id }}
            className={look(buttonLook(!isOwn && plan.rank > (ownRank ?? 0) ? 'primary' : 'quiet'), 'w-full')}
          >
            {isOwn ? w.manage : plan.rank > (ownRank ?? 0) ? w.upgrade : w.atRenewal}
          </Link>
        ) : (
          <Shelf plan={plan} cycle={cycle} stock={stock} />
        )}
      </div>
    </li>
  )
}

/** The price of the chosen period; a plan that is not sold by it shows that of a month. */
export const priceOf = (plan: SoldPlan, cycle: Cycle) =>
  plan.prices.find((one) => one.cycle === cycle) ?? (plan.prices[0] as SoldPlan['prices'][number])

function Price({ plan, cycle }: Pick<PlanCardProps, 'plan' | 'cycle'>) {
  const w = useWords(plansWords)
  const terms = useWords(termsWords)
  const { money, share } = useAmounts()
  const { price, months, cycle: shown } = priceOf(plan, cycle)
  const month = priceOf(plan, 'month').price
  const saved = 1 - Number(price.amount) / (Number(month.amount) * months)
  return (
    <div className="mt-3 mb-5 min-h-[3.75rem]">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-3xl font-semibold tracking-tight">{money(price)}</span>
        <span className="text-soft">{terms.perCycle[shown]}</span>
        {saved > 0.001 ? <Badge tone="good">{w.save(share(saved))}</Badge> : null}
      </p>
      {months > 1 ? (
        <p className="text-sm text-soft">
          {w.aMonth(money({ amount: (Number(price.amount) / months).toFixed(2), currency: price.currency }))}
        </p>
      ) : null}
    </div>
  )
}
