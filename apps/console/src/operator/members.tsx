import { membersSchema, type MemberRow } from '@codeplan/contract'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'

import { useTimes } from '../format/times.ts'
import { usePlanName } from '../plans/plan-name.ts'
import { Badge, Card, Field, Page, Select } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usePages, withQuery } from './api.ts'
import { List } from './list.tsx'
import { membersWords } from './members-words.ts'

const WHICH = ['', 'subscribed', 'past_due', 'suspended', 'unverified', 'staff'] as const
type Which = (typeof WHICH)[number]

export function Members() {
  const w = useWords(membersWords)
  const planName = usePlanName()
  const times = useTimes()
  const search = useSearch({ from: '/member/staff/operator/members' })
  const go = useNavigate({ from: '/operator/members' })
  const [q, setQ] = useState(search.q ?? '')
  const is: Which = WHICH.find((one) => one === search.is) ?? ''
  const asked = useDeferredValue(q.trim())
  const query = usePages(withQuery('/members', { q: asked, is }), membersSchema, ({ members }) => members)
  return (
    <Page title={w.title} lead={w.lead}>
      <Card>
        <div className="mb-5 grid gap-4 sm:grid-cols-[1fr_16rem]">
          <Field
            label={w.search}
            type="search"
            value={q}
            placeholder={w.placeholder}
            onChange={(event) => setQ(event.target.value)}
            onBlur={() => void go({ search: { ...search, ...(q ? { q } : { q: '' }) }, replace: true })}
          />
          <Select<Which>
            label={w.show}
            value={is}
            choices={WHICH.map((value) => ({ value, text: value === '' ? w.all : w.which[value] }))}
            onChoose={(chosen) => void go({ search: { ...(q ? { q } : {}), is: chosen }, replace: true })}
          />
        </div>
        <List
          query={query}
          caption={w.title}
          keyOf={({ id }: MemberRow) => id}
          columns={[
            {
              head: w.member,
              main: true,
              cell: ({ id, email, name, role }) => (
                <span className="inline-flex flex-wrap items-center gap-x-2">
                  <Link to="/operator/members/$id" params={{ id }} className="link break-all">
                    {email}
                  </Link>
                  {name ? <span className="font-normal text-soft">{name}</span> : null}
                  {role === 'member' ? null : <Badge tone="accent">{w.roles[role]}</Badge>}
                </span>
              ),
            },
            {
              head: w.plan,
              cell: ({ plan }) => (plan ? planName(plan) : <span className="text-soft">{w.noPlan}</span>),
            },
            { head: w.until, cell: ({ ends_at: at }) => (at ? times.day(at) : '–') },
            { head: w.since, cell: ({ created_at: at }) => times.day(at) },
            { head: w.state, cell: (row) => <MemberState row={row} /> },
          ]}
        />
      </Card>
    </Page>
  )
}

export function MemberState({ row }: { readonly row: Pick<MemberRow, 'suspended' | 'past_due' | 'verified'> }) {
  const w = useWords(membersWords)
  if (row.suspended) return <Badge tone="bad">{w.suspended}</Badge>
  if (row.past_due) return <Badge tone="warn">{w.pastDue}</Badge>
  if (!row.verified) return <Badge tone="plain">{w.unverified}</Badge>
  return <Badge tone="good">{w.fine}</Badge>
}
