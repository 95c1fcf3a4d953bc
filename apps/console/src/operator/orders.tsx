import {
  adminOrdersSchema,
  adminPaymentsSchema,
  adminRefundsSchema,
  reconciledSchema,
  type AdminOrder,
  type AdminPayment,
  type AdminRefund,
} from '@codeplan/contract'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Card, Page, Select, Switch, Tabs } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, usePages, withQuery } from './api.ts'
import { Coupons } from './coupons.tsx'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { List } from './list.tsx'
import { MemberLink } from './member-link.tsx'
import { useOrderName } from './order-name.ts'
import { OrderState, PaymentState, RefundState } from './order-state.tsx'
import { ordersWords } from './orders-words.ts'
import type { Part } from './routes.tsx'

type Tab = Part | 'orders'
const TABS: readonly Tab[] = ['orders', 'payments', 'refunds', 'coupons']
const ORDER_STATES = ['', 'open', 'paid', 'expired', 'cancelled'] as const
const KINDS = ['', 'purchase', 'renewal', 'upgrade', 'balance', 'seats'] as const
const PAYMENT_STATES = ['', 'pending', 'action_required', 'succeeded', 'failed', 'refunded'] as const
const REFUND_STATES = ['', 'requested', 'pending', 'succeeded', 'failed'] as const

export function Orders() {
  const w = useWords(ordersWords)
  const { part = 'orders' } = useSearch({ from: '/member/staff/operator/orders' })
  const go = useNavigate({ from: '/operator/orders' })
  const [isAsking, setAsking] = useState(false)
  return (
    <Page
      title={w.title}
      lead={w.lead}
      side={<OperatorButton onClick={() => setAsking(true)}>{w.reconcile}</OperatorButton>}
    >
      <Card className="min-w-0">
        <Tabs<Tab>
          label={w.title}
          tabs={TABS.map((value) => ({ value, text: w.parts[value] }))}
          value={part}
          onChoose={(chosen) => void go({ search: chosen === 'orders' ? {} : { part: chosen }, replace: true })}
        >
          {part === 'orders' ? <OrderList /> : null}
          {part === 'payments' ? <PaymentList /> : null}
          {part === 'refunds' ? <RefundList /> : null}
          {part === 'coupons' ? <Coupons /> : null}
        </Tabs>
      </Card>
      <DeedDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={w.reconcile}
        verb={w.reconcile}
        onDo={(body) => adminAsk('/payments/reconcile', reconciledSchema, { method: 'POST', body })}
      >
        <p>{w.reconcileAbout}</p>
      </DeedDialog>
    </Page>
  )
}

function OrderList() {
  const w = useWords(ordersWords)
  const orderName = useOrderName()
  const times = useTimes()
  const { money } = useAmounts()
  const [state, setState] = useState<(typeof ORDER_STATES)[number]>('')
  const [kind, setKind] = useState<(typeof KINDS)[number]>('')
  const query = usePages(withQuery('/orders', { state, kind }), adminOrdersSchema, ({ orders }) => orders)
  return (
    <>
      <div className="mb-5 grid gap-4 sm:grid-cols-[14rem_14rem]">
        <Select
          label={w.state}
          value={state}
          choices={ORDER_STATES.map((value) => ({ value, text: value === '' ? w.all : w.states[value] }))}
          onChoose={setState}
        />
        <Select
          label={w.kind}
          value={kind}
          choices={KINDS.map((value) => ({ value, text: value === '' ? w.all : w.kinds[value] }))}
          onChoose={setKind}
        />
      </div>
      <List
        query={query}
        caption={w.parts.orders}
        keyOf={({ id }: AdminOrder) => id}
        columns={[
          {
            head: w.order,
            main: true,
            cell: (row) => (
              <Link to="/operator/orders/$id" params={{ id: row.id }} className="link">
                {orderName(row)}
              </Link>
            ),
          },
          { head: w.member, cell: ({ member, email }) => <MemberLink id={member} email={email} /> },
          { head: w.at, cell: ({ created_at: at }) => times.moment(at) },
          { head: w.due, figures: true, cell: ({ due }) => money(due) },
          { head: w.state, cell: (row) => <OrderState state={row.state} /> },
        ]}
      />
    </>
  )
}

function PaymentList() {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  const [state, setState] = useState<(typeof PAYMENT_STATES)[number]>('')
  const [stuck, setStuck] = useState(false)
  const path = withQuery('/payments', { state, stuck: stuck ? 'true' : '' })
  const query = usePages(path, adminPaymentsSchema, ({ payments }) => payments)
  return (
    <>
      <div className="mb-5 grid items-end gap-4 sm:grid-cols-[14rem_1fr]">
        <Select
          label={w.state}
          value={state}
          choices={PAYMENT_STATES.map((value) => ({ value, text: value === '' ? w.all : w.paymentStates[value] }))}
          onChoose={setState}
        />
        <Switch label={w.stuck} on={stuck} onSwitch={setStuck} />
      </div>
      <List
        query={query}
        caption={w.parts.payments}
        keyOf={({ id }: AdminPayment) => id}
        columns={[
          {
            head: w.order,
            main: true,
            cell: ({ order, kind }) => (
              <Link to="/operator/orders/$id" params={{ id: order }} className="link">
                {w.kinds[kind]}
              </Link>
            ),
          },
          { head: w.member, cell: ({ member, email }) => <MemberLink id={member} email={email} /> },
          { head: w.at, cell: ({ created_at: at }) => times.moment(at) },
          { head: w.provider, cell: ({ provider }) => provider },
          { head: w.amount, figures: true, cell: ({ amount }) => money(amount) },
          { head: w.state, cell: (row) => <PaymentState state={row.state} /> },
        ]}
      />
    </>
  )
}

function RefundList() {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  const [state, setState] = useState<(typeof REFUND_STATES)[number]>('')
  const query = usePages(withQuery('/refunds', { state }), adminRefundsSchema, ({ refunds }) => refunds)
  return (
    <>
      <div className="mb-5 grid gap-4 sm:grid-cols-[14rem]">
        <Select
          label={w.state}
          value={state}
          choices={REFUND_STATES.map((value) => ({ value, text: value === '' ? w.all : w.refundStates[value] }))}
          onChoose={setState}
        />
      </div>
      <List
        query={query}
        caption={w.parts.refunds}
        keyOf={({ id }: AdminRefund) => id}
        columns={[
          { head: w.member, main: true, cell: ({ member, email }) => <MemberLink id={member} email={email} /> },
          { head: w.at, cell: ({ created_at: at }) => times.moment(at) },
          { head: w.amount, figures: true, cell: ({ amount }) => money(amount) },
          { head: w.state, cell: (row) => <RefundState state={row.state} /> },
          { head: w.reason, cell: ({ reason, failure }) => failure ?? reason },
        ]}
      />
    </>
  )
}
