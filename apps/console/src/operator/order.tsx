import { orderStorySchema, type OrderStory } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'

import { nothing } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Card, Empty, Fact, Facts, Loaded, Page, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { MemberLink } from './member-link.tsx'
import { useOrderName } from './order-name.ts'
import { OrderState, PaymentState, RefundState } from './order-state.tsx'
import { ordersWords } from './orders-words.ts'

export function Order() {
  const w = useWords(ordersWords)
  const orderName = useOrderName()
  const { id } = useParams({ from: '/member/staff/operator/orders/$id' })
  const query = useQuery(adminQuery(`/orders/${id}`, orderStorySchema))
  return (
    <Loaded query={query} skeleton="h-[60dvh]">
      {(story) => {
        const title = orderName(story.order)
        return (
          <Page title={title} lead={id} side={<OrderState state={story.order.state} />}>
            <Card title={w.whole}>
              <Whole story={story} />
            </Card>
            <Card title={w.payments}>
              <Payments story={story} />
            </Card>
            <Refunds story={story} />
            <Postings story={story} />
          </Page>
        )
      }}
    </Loaded>
  )
}

interface Told {
  readonly story: OrderStory
}

function Whole({ story: { order, invoice } }: Told) {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  return (
    <Facts>
      <Fact label={w.member}>
        <MemberLink id={order.member} email={order.email} />
      </Fact>
      <Fact label={w.price}>{money(order.price)}</Fact>
      {Number(order.discount.amount) > 0 ? <Fact label={w.discount}>{money(order.discount)}</Fact> : null}
      {Number(order.credit.amount) > 0 ? <Fact label={w.credit}>{money(order.credit)}</Fact> : null}
      <Fact label={w.due}>{money(order.due)}</Fact>
      {order.coupon ? <Fact label={w.coupon}>{order.coupon}</Fact> : null}
      <Fact label={w.created}>{times.full(order.created_at)}</Fact>
      {order.closed_at ? <Fact label={w.closed}>{times.full(order.closed_at)}</Fact> : null}
      <Fact label={w.invoice}>{invoice ?? w.none}</Fact>
    </Facts>
  )
}

function Payments({ story: { payments } }: Told) {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  const [asking, setAsking] = useState<string>()
  if (payments.length === 0) return <Empty title={w.noPayments} />
  return (
    <>
      <Table
        caption={w.payments}
        rows={payments}
        keyOf={({ id }) => id}
        columns={[
          { head: w.provider, main: true, cell: ({ provider }) => provider },
          { head: w.at, cell: ({ created_at: at }) => times.full(at) },
          { head: w.amount, figures: true, cell: ({ amount }) => money(amount) },
          { head: w.state, cell: ({ state }) => <PaymentState state={state} /> },
          { head: w.failure, cell: ({ failure, kept }) => failure ?? (kept === false ? w.back : '–') },
          {
            head: w.askOne,
            figures: true,
            cell: ({ id, check_at: at }) =>
              at ? (
                <OperatorButton size="small" onClick={() => setAsking(id)}>
                  {w.askOne}
                </OperatorButton>
              ) : (
                '–'
              ),
          },
        ]}
      />
      <DeedDialog
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={w.askOne}
        verb={w.askOne}
        onDo={({ why }) => adminAsk(`/payments/${asking}/ask`, nothing, { method: 'POST', body: { why } })}
      />
    </>
  )
}

function Refunds({ story: { refunds } }: Told) {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  if (refunds.length === 0) return null
  return (
    <Card title={w.refunds}>
      <Table
        caption={w.refunds}
        rows={refunds}
        keyOf={({ id }) => id}
        columns={[
          { head: w.reason, main: true, cell: ({ reason, failure }) => failure ?? reason },
          { head: w.at, cell: ({ created_at: at }) => times.full(at) },
          { head: w.amount, figures: true, cell: ({ amount }) => money(amount) },
          { head: w.state, cell: ({ state }) => <RefundState state={state} /> },
        ]}
      />
    </Card>
  )
}

function Postings({ story: { postings } }: Told) {
  const w = useWords(ordersWords)
  const times = useTimes()
  const { money } = useAmounts()
  if (postings.length === 0) return null
  return (
    <Card title={w.ledger}>
      <Table
        caption={w.ledger}
        rows={postings.map((row, i) => ({ ...row, i }))}
        keyOf={({ i }) => String(i)}
        columns={[
          {
            head: w.account,
            main: true,
            cell: ({ account }) => <code className="font-mono text-xs break-all">{account}</code>,
          },
          { head: w.at, cell: ({ at }) => times.full(at) },
          { head: w.amount, figures: true, cell: ({ amount }) => money(amount) },
        ]}
      />
    </Card>
  )
}
