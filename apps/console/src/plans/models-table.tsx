import type { SoldModel, SoldPlan } from '@codeplan/contract'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { plansWords } from './words.ts'

export function ModelsTable({
  models,
  plans,
}: {
  readonly models: readonly SoldModel[]
  readonly plans: readonly SoldPlan[]
}) {
  const w = useWords(plansWords)
  const times = useTimes()
  const { count, size } = useAmounts()
  return (
    <Card title={w.modelsTitle}>
      <p className="-mt-2 mb-4 text-soft">{w.modelsLead}</p>
      <Table
        caption={w.modelsTitle}
        rows={models.filter(({ id }) => plans.some((plan) => plan.models.includes(id)))}
        keyOf={({ id }) => id}
        columns={[
          {
            head: w.model,
            main: true,
            cell: ({ name, vision }) => (
              <span className="inline-flex items-center gap-2">
                {name} {vision ? <Badge>{w.vision}</Badge> : null}
              </span>
            ),
          },
          {
            head: w.now,
            cell: ({ multiplier }) => <span className="font-medium">{w.times(count(multiplier))}</span>,
          },
          {
            head: w.next,
            cell: ({ next_multiplier: next }) =>
              next ? (
                w.from(w.times(count(next.factor)), times.zoned(next.at))
              ) : (
                <span className="text-soft">{w.always}</span>
              ),
          },
          { head: w.context, figures: true, cell: ({ context_tokens }) => size(context_tokens) },
          {
            head: w.inPlans,
            cell: ({ id }) =>
              plans
                .filter((plan) => plan.models.includes(id))
                .map(({ name }) => name.split(' ').at(-1))
                .join(' · '),
          },
        ]}
      />
    </Card>
  )
}
