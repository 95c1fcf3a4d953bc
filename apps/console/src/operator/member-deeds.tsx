import { balanceDoneSchema, refundedSchema, refundPreviewSchema, type MemberStory } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { nothing } from '../api/ask.ts'
import { plansQuery } from '../api/plans.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Button, Field, Loaded, Notice, Select } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { memberWords } from './member-words.ts'

type Deed = 'look' | 'grant' | 'credit' | 'suspend' | 'balance' | 'refund'

/** What can be done for a member, one dialog each. */
export function MemberDeeds({ story }: { readonly story: MemberStory }) {
  const w = useWords(memberWords)
  const [deed, setDeed] = useState<Deed>()
  const { member, standings, subscription } = story
  const drawn = standings.find((one) => one.drawn)
  const close = (): void => setDeed(undefined)
  const path = `/members/${member.id}`
  return (
    <div className="flex flex-wrap gap-2">
      <OperatorButton onClick={() => setDeed('look')} disabled={member.role !== 'member'}>
        {w.look}
      </OperatorButton>
      <Button onClick={() => setDeed('credit')} disabled={!drawn}>
        {w.credit}
      </Button>
      <OperatorButton onClick={() => setDeed('grant')}>{w.grant}</OperatorButton>
      <OperatorButton onClick={() => setDeed('balance')}>{w.addBalance}</OperatorButton>
      <OperatorButton onClick={() => setDeed('refund')} disabled={!subscription}>
        {w.refund}
      </OperatorButton>
      <Button kind={member.suspended ? 'quiet' : 'danger'} onClick={() => setDeed('suspend')}>
        {member.suspended ? w.restore : w.suspend}
      </Button>
      <DeedDialog
        open={deed === 'look'}
        onClose={close}
        title={w.look}
        verb={w.lookVerb}
        onDo={async ({ why }) => {
          await adminAsk(`${path}/look`, nothing, { method: 'POST', body: { why } })
          // Somebody else's console: nothing of the operator's own stays in memory.
          window.location.assign('/usage')
        }}
      >
        <p>{w.lookAbout}</p>
      </DeedDialog>
      <DeedDialog
        open={deed === 'suspend'}
        onClose={close}
        title={member.suspended ? w.restore : w.suspend}
        verb={member.suspended ? w.restore : w.suspend}
        kind={member.suspended ? 'primary' : 'danger'}
        onDo={({ why }) =>
          adminAsk(`${path}/${member.suspended ? 'restore' : 'suspend'}`, nothing, { method: 'POST', body: { why } })
        }
      >
        {member.suspended ? null : <p>{w.suspendAbout}</p>}
      </DeedDialog>
      <CreditDialog open={deed === 'credit'} onClose={close} path={path} windows={drawn?.windows ?? []} />
      <GrantDialog open={deed === 'grant'} onClose={close} path={path} />
      <BalanceDialog open={deed === 'balance'} onClose={close} path={path} />
      {deed === 'refund' ? <RefundDialog onClose={close} path={path} /> : null}
    </div>
  )
}

interface OneDeed {
  readonly open: boolean
  readonly onClose: () => void
  readonly path: string
}

function CreditDialog({
  windows,
  path,
  ...rest
}: OneDeed & { readonly windows: MemberStory['standings'][number]['windows'] }) {
  const w = useWords(memberWords)
  const [chosen, setChosen] = useState('')
  const window = chosen || (windows[0]?.id ?? '')
  return (
    <DeedDialog
      {...rest}
      title={w.credit}
      verb={w.creditVerb}
      onDo={({ units, why }, requestKey) => {
        const body = { window, units: Number(units), why }
        return adminAsk(`${path}/credit`, nothing, { method: 'POST', body, requestKey })
      }}
    >
      <Select
        label={w.window}
        value={window}
        choices={windows.map(({ id }) => ({ value: id, text: w.windows[id] ?? id }))}
        onChoose={setChosen}
      />
      <Field label={w.units} hint={w.unitsHint} name="units" type="number" min={1} step="any" required />
    </DeedDialog>
  )
}

function GrantDialog({ path, ...rest }: OneDeed) {
  const w = useWords(memberWords)
  const plans = useQuery(plansQuery).data?.plans ?? []
  const [chosen, setChosen] = useState('')
  const plan = chosen || (plans[0]?.id ?? '')
  return (
    <DeedDialog
      {...rest}
      title={w.grant}
      verb={w.grantVerb}
      onDo={({ months, why }, requestKey) => {
        const body = { plan, months: Number(months), why }
        return adminAsk(`${path}/grant`, nothing, { method: 'POST', body, requestKey })
      }}
    >
      <Select
        label={w.plan}
        value={plan}
        choices={plans.map(({ id, name }) => ({ value: id, text: name }))}
        onChoose={setChosen}
      />
      <Field label={w.months} name="months" type="number" min={1} max={1200} defaultValue={1} required />
    </DeedDialog>
  )
}

function BalanceDialog({ path, ...rest }: OneDeed) {
  const w = useWords(memberWords)
  return (
    <DeedDialog
      {...rest}
      title={w.addBalance}
      verb={w.addVerb}
      onDo={(body, requestKey) => adminAsk(`${path}/balance`, balanceDoneSchema, { method: 'POST', body, requestKey })}
    >
      <Field
        label={w.amount}
        hint={w.amountHint}
        name="amount"
        inputMode="decimal"
        pattern="-?\d{1,9}(\.\d{1,2})?"
        required
      />
    </DeedDialog>
  )
}

function RefundDialog({ path, onClose }: Omit<OneDeed, 'open'>) {
  const w = useWords(memberWords)
  const { money } = useAmounts()
  const times = useTimes()
  const query = useQuery(adminQuery(`${path}/refund`, refundPreviewSchema))
  return (
    <DeedDialog
      open
      onClose={onClose}
      title={w.refund}
      verb={w.refundVerb}
      kind="danger"
      onDo={(body) => adminAsk(`${path}/refund`, refundedSchema, { method: 'POST', body })}
    >
      <Loaded query={query}>
        {({ allowed, until, amount, most }) => (
          <>
            <p>{w.refundAbout(money(most))}</p>
            <Notice tone={allowed ? 'good' : 'warn'} title={w.refundRule(money(amount))}>
              {allowed ? null : <p>{w.refundLate(times.moment(until))}</p>}
            </Notice>
            <Field
              label={w.amount}
              name="amount"
              inputMode="decimal"
              pattern="\d{1,9}(\.\d{1,2})?"
              defaultValue={amount.amount}
              required
            />
          </>
        )}
      </Loaded>
    </DeedDialog>
  )
}
