import { couponSchema, redeemBatchSchema, redeemMadeSchema } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'

import { nothing } from '../api/ask.ts'
import { useStart } from '../api/start.ts'
import { plansQuery } from '../api/plans.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { usePlanName } from '../plans/plan-name.ts'
import { Code, Empty, Field, Loaded, Notice, Select, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { ordersWords } from './orders-words.ts'

const couponsQuery = adminQuery(
  '/coupons',
  z.object({ coupons: z.array(couponSchema), redeem: z.array(redeemBatchSchema) }),
)

/** Coupons for first orders, and codes that give months or money. */
export function Coupons() {
  const w = useWords(ordersWords)
  const planName = usePlanName()
  const times = useTimes()
  const { money, count } = useAmounts()
  const { currency } = useStart().operator
  const query = useQuery(couponsQuery)
  const [making, setMaking] = useState<'coupon' | 'codes'>()
  const [made, setMade] = useState<readonly string[]>([])
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2>{w.coupons}</h2>
        <OperatorButton onClick={() => setMaking('coupon')}>{w.newCoupon}</OperatorButton>
      </div>
      <Loaded query={query}>
        {({ coupons }) =>
          coupons.length === 0 ? (
            <Empty title={w.noCoupons}>{w.noCouponsAbout}</Empty>
          ) : (
            <Table
              caption={w.coupons}
              rows={coupons}
              keyOf={({ code }) => code}
              columns={[
                { head: w.code, main: true, cell: ({ code }) => <code className="font-mono">{code}</code> },
                {
                  head: w.worth,
                  cell: ({ percent, amount }) =>
                    percent === null ? amount && w.off(money(amount)) : w.percent(count(percent)),
                },
                { head: w.plans, cell: ({ plans }) => plans.map(planName).join(', ') || w.allPlans },
                {
                  head: w.used,
                  figures: true,
                  cell: ({ uses, uses_max: max }) => w.usedOf(count(uses), max === null ? null : count(max)),
                },
                { head: w.at, cell: ({ created_at: at }) => times.day(at) },
                { head: w.by, cell: ({ created_by: by }) => by },
              ]}
            />
          )
        }
      </Loaded>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2>{w.redeem}</h2>
        <OperatorButton onClick={() => setMaking('codes')}>{w.newCodes}</OperatorButton>
      </div>
      {made.length > 0 ? (
        <Notice tone="warn" title={w.codesOnce}>
          <div className="mt-3">
            <Code label={w.codes} text={made.join('\n')} />
          </div>
        </Notice>
      ) : null}
      <Loaded query={query}>
        {({ redeem }) =>
          redeem.length === 0 ? (
            <Empty title={w.noCodes}>{w.noCodesAbout}</Empty>
          ) : (
            <Table
              caption={w.redeem}
              rows={redeem}
              keyOf={({ created_at, gift }) => created_at + JSON.stringify(gift)}
              columns={[
                {
                  head: w.gift,
                  main: true,
                  cell: ({ gift }) =>
                    'plan' in gift
                      ? w.months(planName(gift.plan), count(gift.months))
                      : money({ amount: gift.balance, currency }),
                },
                { head: w.made, figures: true, cell: ({ codes }) => count(codes) },
                { head: w.redeemed, figures: true, cell: ({ redeemed }) => count(redeemed) },
                { head: w.at, cell: ({ created_at: at }) => times.day(at) },
                { head: w.by, cell: ({ created_by: by }) => by },
              ]}
            />
          )
        }
      </Loaded>
      <CouponDialog open={making === 'coupon'} onClose={() => setMaking(undefined)} />
      <CodesDialog open={making === 'codes'} onClose={() => setMaking(undefined)} onMade={setMade} />
    </div>
  )
}

interface Opened {
  readonly open: boolean
  readonly onClose: () => void
}

function CouponDialog(opened: Opened) {
  const w = useWords(ordersWords)
  return (
    <DeedDialog
      {...opened}
      title={w.newCoupon}
      verb={w.make}
      onDo={({ code, percent, uses, why }) => {
        const body = { code, percent: Number(percent), uses_max: uses ? Number(uses) : null, why }
        return adminAsk('/coupons', nothing, { method: 'POST', body })
      }}
    >
      <Field label={w.code} hint={w.codeHint} name="code" pattern="[A-Z0-9\-]{3,32}" required />
      <Field label={w.percentField} name="percent" type="number" min={1} max={100} defaultValue={20} required />
      <Field label={w.usesMax} hint={w.usesHint} name="uses" type="number" min={1} />
    </DeedDialog>
  )
}

function CodesDialog({ onMade, ...opened }: Opened & { readonly onMade: (codes: readonly string[]) => void }) {
  const w = useWords(ordersWords)
  const plans = useQuery(plansQuery).data?.plans ?? []
  const [chosen, setChosen] = useState('')
  const plan = chosen || (plans[0]?.id ?? '')
  return (
    <DeedDialog
      {...opened}
      title={w.newCodes}
      verb={w.make}
      onDo={async ({ months, count, why }, requestKey) => {
        const body = { plan, months: Number(months), count: Number(count), why }
        onMade((await adminAsk('/redeem_codes', redeemMadeSchema, { method: 'POST', body, requestKey })).codes)
      }}
    >
      <Select
        label={w.plan}
        value={plan}
        choices={plans.map(({ id, name }) => ({ value: id, text: name }))}
        onChoose={setChosen}
      />
      <Field label={w.monthsField} name="months" type="number" min={1} max={1200} defaultValue={1} required />
      <Field label={w.count} name="count" type="number" min={1} max={1000} defaultValue={10} required />
    </DeedDialog>
  )
}
