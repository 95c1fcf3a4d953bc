import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { plansQuery } from '../api/plans.ts'
import { useSubscriptionChange, type Subscription } from '../api/subscription.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { termsWords } from '../plans/terms-words.ts'
import { Badge, Button, buttonLook, Card, Fact, Facts, Notice, Switch, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { subscriptionWords } from './words.ts'

export function RunningCard({ own }: { readonly own: Subscription }) {
  const w = useWords(subscriptionWords)
  const terms = useWords(termsWords)
  const times = useTimes()
  const { money } = useAmounts()
  const switchRenewal = useSubscriptionChange('/renewal')
  const ends = times.operator(own.period.ends_at)
  return (
    <>
      {own.open_order ? (
        <Notice tone="warn" title={w.bill}>
          <p>{w.billAbout(times.operator(own.served_until))}</p>
          <Link to="/orders/$id" params={{ id: own.open_order.id }} className={`${buttonLook('primary')} mt-3`}>
            {w.payBill}
          </Link>
        </Notice>
      ) : null}
      <Card
        title={own.name}
        side={<Badge tone={own.status === 'active' ? 'good' : 'warn'}>{w.status[own.status]}</Badge>}
      >
        <Facts>
          <Fact label={w.period}>{w.span(times.day(own.period.starts_at), times.day(own.period.ends_at))}</Fact>
          <Fact label={w.cycle}>{terms.byCycle[own.cycle]}</Fact>
          <Fact label={w.nextCharge}>
            {own.renewal ? w.charge(money(own.renewal.price), times.operator(own.renewal.at)) : w.noCharge(ends)}
          </Fact>
        </Facts>
        <NextPlan own={own} />
        <div className="mt-5 border-t pt-5">
          <Switch
            label={w.renewal}
            hint={own.renews ? w.renewalOn : w.renewalOff(ends)}
            on={own.renews}
            disabled={switchRenewal.isPending}
            onSwitch={(on) => switchRenewal.mutate({ method: 'PUT', body: { on } }, { onError: toastRefusal })}
          />
        </div>
      </Card>
    </>
  )
}

/** A change that waits for the next period, and the way to take it back. */
function NextPlan({ own }: { readonly own: Subscription }) {
  const w = useWords(subscriptionWords)
  const terms = useWords(termsWords)
  const times = useTimes()
  const { data: plans } = useQuery(plansQuery)
  const takeBack = useSubscriptionChange('/next')
  const next = own.renewal
  if (!next || (next.plan === own.plan && next.cycle === own.cycle)) return null
  const name = plans?.plans.find(({ id }) => id === next.plan)?.name ?? next.plan
  return (
    <div className="mt-4 flex flex-wrap items-center justify-between gap-3 rounded-md bg-tint px-4 py-3">
      <p>{w.nextPlan(name, terms.cycle[next.cycle], times.day(next.at))}</p>
      <Button
        size="small"
        busy={takeBack.isPending}
        onClick={() => takeBack.mutate({ method: 'DELETE' }, { onError: toastRefusal })}
      >
        {w.takeBack}
      </Button>
    </div>
  )
}
