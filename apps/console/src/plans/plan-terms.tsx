import type { SoldModel, SoldPlan } from '@codeplan/contract'

import { useAmounts } from '../format/amounts.ts'
import { Badge, Icon } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { termsWords } from './terms-words.ts'
import { plansWords } from './words.ts'

/** What one gets with a plan: the same on its card and before one pays. */
export function PlanTerms({ plan, models }: { readonly plan: SoldPlan; readonly models: readonly SoldModel[] }) {
  const w = useWords(plansWords)
  const terms = useWords(termsWords)
  const { count, money } = useAmounts()
  const times = (factor: number): string => w.times(count(factor))
  return (
    <div className="grid gap-4">
      <dl className="grid gap-1.5">
        <dt className="sr-only">{w.limits}</dt>
        {plan.windows.map((window) => (
          <dd key={window.id} className="flex items-baseline justify-between gap-3">
            <span>
              <strong className="text-lg font-semibold">{count(window.allowance)}</strong> {terms.unit[plan.unit]}
            </span>
            <span className="text-soft">{terms.per(window.hours)}</span>
          </dd>
        ))}
      </dl>
      {plan.value ? (
        <p className="text-sm text-soft">{w.value(money(plan.value.list_price), count(plan.value.times_fee, 0))}</p>
      ) : null}
      <div>
        <h4 className="mb-1.5 text-sm text-soft">{w.models}</h4>
        <ul className="flex flex-wrap gap-1.5">
          {plan.models.map((id) => {
            const model = models.find((one) => one.id === id)
            if (!model) return null
            return (
              <li key={id}>
                <Badge tone={model.multiplier === 1 ? 'plain' : 'accent'}>
                  {model.name}
                  {model.multiplier === 1 ? null : <span>{times(model.multiplier)}</span>}
                </Badge>
              </li>
            )
          })}
        </ul>
      </div>
      <ul className="grid gap-1 text-sm">
        {plan.tools.map((tool) => (
          <li key={tool.id} className="flex items-center gap-2">
            <span className="text-accent">
              <Icon name="check" size={16} />
            </span>
            <span>{terms.tool[tool.id] ?? tool.id}</span>
            <span className="ml-auto text-soft">
              {tool.calls === null ? terms.toolDraws : terms.toolCalls(count(tool.calls), tool.per ?? 'month')}
            </span>
          </li>
        ))}
        <li className="flex items-center gap-2">
          <span className="text-accent">
            <Icon name="check" size={16} />
          </span>
          {w.concurrency(count(plan.concurrency))}
        </li>
      </ul>
    </div>
  )
}
