import { memberStorySchema, type MemberStory } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'

import { nothing } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Button, Card, Empty, Gauge, Loaded, Page, Stat, Stats, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { DeedTable } from './deed-table.tsx'
import { DeedDialog } from './deed-dialog.tsx'
import { COLORS, Figure } from './figure.tsx'
import { MemberDeeds } from './member-deeds.tsx'
import { memberWords } from './member-words.ts'
import { MemberState } from './members.tsx'
import { LetterTable } from './letter-table.tsx'
import { useOrderName } from './order-name.ts'
import { OrderState } from './order-state.tsx'

export function Member() {
  const w = useWords(memberWords)
  const { id } = useParams({ from: '/member/staff/operator/members/$id' })
  const query = useQuery(adminQuery(`/members/${id}`, memberStorySchema))
  return (
    <Loaded query={query} skeleton="h-[80dvh]">
      {(story) => (
        <Page title={story.member.email} lead={<Lead story={story} />} side={<MemberState row={story.member} />}>
          <Card title={w.actions}>
            <MemberDeeds story={story} />
          </Card>
          <div className="grid gap-5 lg:grid-cols-2">
            <Standing story={story} />
            <Paid story={story} />
          </div>
          <Card title={w.use}>
            <Use days={story.days} />
          </Card>
          <Refusals refusals={story.refusals} />
          <Orders orders={story.orders} />
          <Keys story={story} />
          {story.letters.length > 0 ? (
            <Card title={w.letters}>
              <LetterTable letters={story.letters} />
            </Card>
          ) : null}
          {story.deeds.length > 0 ? (
            <Card title={w.deeds}>
              <DeedTable deeds={story.deeds} />
            </Card>
          ) : null}
        </Page>
      )}
    </Loaded>
  )
}

function Lead({ story: { member } }: { readonly story: MemberStory }) {
  const w = useWords(memberWords)
  const times = useTimes()
  const { count } = useAmounts()
  const more = [member.two_step ? w.twoStep : '', member.sessions > 0 ? w.sessions(count(member.sessions)) : '']
  return [member.name, w.lead(times.day(member.created_at), w.languages[member.language]), ...more]
    .filter(Boolean)
    .join(' · ')
}

function Standing({ story: { standings } }: { readonly story: MemberStory }) {
  const w = useWords(memberWords)
  const times = useTimes()
  const { count } = useAmounts()
  const running = standings.filter((one) => one.running)
  if (running.length === 0) return <Empty title={w.noStanding}>{w.noStandingAbout}</Empty>
  return (
    <Card title={w.standing}>
      <div className="grid gap-6">
        {running.map((one) => (
          <section key={one.id} className="grid gap-3">
            <div className="flex flex-wrap items-center gap-x-3">
              <h3>{one.name}</h3>
              {one.drawn ? <Badge tone="accent">{w.drawn}</Badge> : null}
              <span className="text-sm text-soft">
                {[w.period(times.day(one.starts_at), times.day(one.ends_at)), sourceText(w.source, one.source)].join(
                  ' · ',
                )}
              </span>
            </div>
            {one.windows.map((window) => (
              <Gauge
                key={window.id}
                label={w.windows[window.id] ?? window.id}
                share={window.used_share}
                text={w.of(count(window.used), count(window.limit))}
              >
                {window.resets_at ? w.resets(times.moment(window.resets_at)) : w.untouched}
              </Gauge>
            ))}
          </section>
        ))}
      </div>
    </Card>
  )
}

const sourceText = (sources: Readonly<Record<string, string>>, source: string): string =>
  sources[source.split(':')[0] ?? ''] ?? source

function Paid({ story: { subscription, balance } }: { readonly story: MemberStory }) {
  const w = useWords(memberWords)
  const times = useTimes()
  const { money } = useAmounts()
  const { currency } = balance
  const renewal = subscription?.renewal
  return (
    <Card title={w.balance}>
      <Stats>
        <Stat
          label={w.balance}
          value={money({ amount: balance.balance, currency })}
          more={w.reserved(money({ amount: balance.reserved, currency }))}
        />
        {subscription ? <Stat label={w.paidUntil} value={times.day(subscription.period.ends_at)} /> : null}
        {subscription ? (
          <Stat
            label={w.renewal}
            value={renewal ? money(renewal.price) : w.noRenewal}
            more={renewal ? times.moment(renewal.at) : undefined}
          />
        ) : null}
      </Stats>
    </Card>
  )
}

function Use({ days }: Pick<MemberStory, 'days'>) {
  const w = useWords(memberWords)
  const { count } = useAmounts()
  return (
    <Figure
      height={170}
      data={days.map((day) => ({ ...day, at: day.day.slice(5) }))}
      x="at"
      figure={(value) => count(value, 0)}
      series={[{ key: 'charge', name: w.prompts, as: 'bar', color: COLORS[0] }]}
      table={
        <Table
          caption={w.use}
          rows={days.toReversed()}
          keyOf={({ day }) => day}
          columns={[
            { head: w.day, main: true, cell: ({ day }) => day },
            { head: w.calls, figures: true, cell: ({ calls }) => count(calls) },
            { head: w.prompts, figures: true, cell: ({ charge }) => count(charge) },
            { head: w.listPrice, figures: true, cell: ({ list_price: price }) => count(price) },
          ]}
        />
      }
    />
  )
}

function Refusals({ refusals }: Pick<MemberStory, 'refusals'>) {
  const w = useWords(memberWords)
  const times = useTimes()
  const { count } = useAmounts()
  if (refusals.length === 0) return null
  return (
    <Card title={w.refusals}>
      <Table
        caption={w.refusals}
        rows={refusals}
        keyOf={({ at, code, path }) => at + code + path}
        columns={[
          { head: w.at, cell: ({ at }) => times.moment(at) },
          { head: w.message, main: true, cell: ({ code, message }) => `${code} · ${message}` },
          { head: w.times, figures: true, cell: ({ times: n }) => count(n) },
        ]}
      />
    </Card>
  )
}

function Orders({ orders }: Pick<MemberStory, 'orders'>) {
  const w = useWords(memberWords)
  const orderName = useOrderName()
  const times = useTimes()
  const { money } = useAmounts()
  if (orders.length === 0) return null
  return (
    <Card title={w.orders}>
      <Table
        caption={w.orders}
        rows={orders}
        keyOf={({ id }) => id}
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
          { head: w.at, cell: ({ created_at: at }) => times.moment(at) },
          { head: w.due, figures: true, cell: ({ due }) => money(due) },
          { head: w.state, cell: ({ state }) => <OrderState state={state} /> },
        ]}
      />
    </Card>
  )
}

function Keys({ story: { keys, member } }: { readonly story: MemberStory }) {
  const w = useWords(memberWords)
  const times = useTimes()
  const now = useNow()
  const [revoking, setRevoking] = useState<MemberStory['keys'][number]>()
  if (keys.length === 0) return null
  return (
    <Card title={w.keys}>
      <Table
        caption={w.keys}
        rows={keys}
        keyOf={({ id }) => id}
        columns={[
          {
            head: w.key,
            main: true,
            cell: ({ name, begins_with, many_addresses_at: many }) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                {name}
                <code className="font-mono text-xs font-normal text-soft">{begins_with}</code>
                {many ? <Badge tone="warn">{w.many}</Badge> : null}
              </span>
            ),
          },
          { head: w.lastUsed, cell: ({ last_used_at: at }) => (at ? times.relative(at, now) : w.never) },
          {
            head: w.state,
            figures: true,
            cell: (key) =>
              key.revoked_at ? (
                <Badge>{w.revoked}</Badge>
              ) : (
                <Button size="small" kind="danger" onClick={() => setRevoking(key)}>
                  {w.revoke}
                </Button>
              ),
          },
        ]}
      />
      <DeedDialog
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={w.revoke}
        verb={w.revoke}
        kind="danger"
        onDo={({ why }) =>
          adminAsk(`/members/${member.id}/keys/${revoking?.id}/revoke`, nothing, { method: 'POST', body: { why } })
        }
      />
    </Card>
  )
}
