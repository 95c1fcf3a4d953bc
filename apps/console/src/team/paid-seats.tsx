import type { SeatContract } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { methodsQuery } from '../api/orders.ts'
import { useTeamChange } from '../api/teams.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { usePlanName } from '../plans/plan-name.ts'
import { termsWords } from '../plans/terms-words.ts'
import { RefundOffer } from '../subscription/refund-card.tsx'
import { subscriptionWords } from '../subscription/words.ts'
import { Badge, Button, buttonLook, Card, Fact, Facts, Notice, Switch, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

/** Seats that the team pays for: what is charged next, to what, and the way out. Granted seats have none of it. */
export function PaidSeats({ team, contract }: { readonly team: string; readonly contract: SeatContract }) {
  const w = useWords(teamWords)
  const own = useWords(subscriptionWords)
  const terms = useWords(termsWords)
  const times = useTimes()
  const { count, money } = useAmounts()
  const planName = usePlanName()
  const change = useTeamChange(team)
  const { plan, period, renewal, renews, open_order: bill, method } = contract
  const ends = times.operator(period.ends_at)
  const path = `/contracts/${contract.id}`
  return (
    <Card
      title={w.paidSeats(count(contract.count), planName(plan))}
      side={<Badge tone={contract.status === 'active' ? 'good' : 'warn'}>{own.status[contract.status]}</Badge>}
    >
      {bill ? (
        <Notice tone="warn" title={own.bill}>
          <p>{w.billAbout(times.operator(contract.served_until))}</p>
          <Link to="/orders/$id" params={{ id: bill.id }} className={`${buttonLook('primary')} mt-3`}>
            {own.payBill}
          </Link>
        </Notice>
      ) : null}
      <Facts>
        <Fact label={own.period}>{own.span(times.day(period.starts_at), times.day(period.ends_at))}</Fact>
        <Fact label={own.cycle}>{terms.byCycle[contract.cycle]}</Fact>
        <Fact label={own.nextCharge}>
          {renewal ? own.charge(money(renewal.price), times.operator(renewal.at)) : w.noCharge(ends)}
        </Fact>
        <Fact label={w.chargedTo}>{method?.label ?? w.noMethod}</Fact>
      </Facts>
      <ChooseMethod
        charged={method?.id}
        busy={change.isPending}
        onChoose={(id) =>
          change.mutate({ path: `${path}/method`, method: 'PUT', body: { method: id } }, { onError: toastRefusal })
        }
      />
      <div className="my-5 border-y py-5">
        <Switch
          label={own.renewal}
          hint={renews ? own.renewalOn : w.renewalOff(ends)}
          on={renews}
          disabled={change.isPending}
          onSwitch={(on) =>
            change.mutate({ path: `${path}/renewal`, method: 'PUT', body: { on } }, { onError: toastRefusal })
          }
        />
      </div>
      <RefundOffer path={`/teams/${team}${path}/refund`} />
    </Card>
  )
}

/** One’s own methods; an open bill is charged at once to the one that is chosen. */
function ChooseMethod({
  charged,
  busy,
  onChoose,
}: {
  readonly charged: string | undefined
  readonly busy: boolean
  readonly onChoose: (id: string) => void
}) {
  const w = useWords(teamWords)
  const { data } = useQuery(methodsQuery)
  return (
    <div className="mt-4 flex flex-wrap items-center gap-3">
      {data?.methods
        .filter(({ id }) => id !== charged)
        .map(({ id, label }) => (
          <Button key={id} size="small" busy={busy} onClick={() => onChoose(id)}>
            {w.chargeTo(label)}
          </Button>
        ))}
      <Link to="/subscription" className={buttonLook('plain', 'small')}>
        {w.addMethod}
      </Link>
    </div>
  )
}
