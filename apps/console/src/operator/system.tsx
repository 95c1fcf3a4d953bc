import { doctorSchema, lettersSchema, systemSchema, type DoctorAnswer, type SystemAnswer } from '@codeplan/contract'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import {
  Badge,
  Button,
  Card,
  Empty,
  Fact,
  Facts,
  Loaded,
  Notice,
  Page,
  Switch,
  Table,
  toastRefusal,
} from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery, usePages, withQuery } from './api.ts'
import { useLetterColumns } from './letter-table.tsx'
import { List } from './list.tsx'
import { systemWords } from './system-words.ts'

const LOOK_MS = 1_000
const doctorQuery = queryOptions({
  ...adminQuery('/doctor', doctorSchema),
  refetchInterval: ({ state }) => (state.data?.running ? LOOK_MS : false),
})

export function System() {
  const w = useWords(systemWords)
  const system = useQuery(adminQuery('/system', systemSchema))
  return (
    <Page title={w.title} lead={w.lead}>
      <Doctor />
      <Loaded query={system} skeleton="h-64">
        {(found) => <Server found={found} />}
      </Loaded>
      <Letters />
    </Page>
  )
}

function Doctor() {
  const w = useWords(systemWords)
  const queries = useQueryClient()
  const query = useQuery(doctorQuery)
  const call = useMutation({
    mutationFn: () => adminAsk('/doctor', doctorSchema, { method: 'POST' }),
    onSuccess: (now) => queries.setQueryData(doctorQuery.queryKey, now),
    onError: toastRefusal,
  })
  const busy = call.isPending || query.data?.running === true
  return (
    <Card
      title={w.doctor}
      side={
        <Button kind="primary" busy={busy} onClick={() => call.mutate()}>
          {busy ? w.running : w.call}
        </Button>
      }
    >
      <Loaded query={query} skeleton="h-56 sm:h-40">
        {(found) =>
          found.findings.length === 0 ? (
            <Empty title={found.running ? w.running : w.never}>{w.neverAbout}</Empty>
          ) : (
            <Findings found={found} />
          )
        }
      </Loaded>
    </Card>
  )
}

function Findings({ found: { ok, findings, finished_at: at, took_ms: ms } }: { readonly found: DoctorAnswer }) {
  const w = useWords(systemWords)
  const times = useTimes()
  const { count } = useAmounts()
  return (
    <div className="grid gap-4">
      <Notice tone={ok ? 'good' : 'bad'} title={ok ? w.well : w.ill}>
        {at && ms !== null ? <p className="text-soft">{w.took(times.moment(at), count(ms / 1000, 1))}</p> : null}
      </Notice>
      <ul className="grid gap-2.5">
        {findings.map((one) => (
          <li key={one.check} className="flex flex-wrap items-baseline gap-x-3">
            <Badge tone={one.ok ? 'good' : 'bad'}>{w.checks[one.check] ?? one.check}</Badge>
            <span className="min-w-0 flex-1 break-words text-soft" lang="en">
              {one.says}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Server({ found }: { readonly found: SystemAnswer }) {
  const w = useWords(systemWords)
  const times = useTimes()
  const now = useNow()
  const { count } = useAmounts()
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <Card title={w.server}>
        <Facts>
          <Fact label={w.database}>{found.database}</Fact>
          <Fact label={w.catalog}>{w.version(count(found.catalog))}</Fact>
          <Fact label={w.clock}>{found.sandbox_clock ? w.sandboxClock : w.realClock}</Fact>
          <Fact label={w.mail}>{found.mail ? w.on : w.kept}</Fact>
          {found.providers.map(({ id, on }) => (
            <Fact key={id} label={id}>
              <Badge tone={on ? 'good' : 'warn'}>{on ? w.on : w.off}</Badge>
            </Fact>
          ))}
        </Facts>
      </Card>
      <Card title={w.nodes}>
        <Table
          caption={w.nodes}
          rows={found.nodes}
          keyOf={({ id }) => id}
          columns={[
            { head: w.node, main: true, cell: ({ id }) => <code className="font-mono text-xs">{id}</code> },
            { head: w.started, cell: ({ started_at: at }) => times.moment(at) },
            { head: w.seen, cell: ({ seen_at: at }) => times.relative(at, now) },
            {
              head: w.state,
              cell: ({ alive }) => <Badge tone={alive ? 'good' : 'plain'}>{alive ? w.alive : w.silent}</Badge>,
            },
          ]}
        />
      </Card>
    </div>
  )
}

function Letters() {
  const w = useWords(systemWords)
  const [givenUp, setGivenUp] = useState(false)
  const path = withQuery('/letters', { given_up: givenUp ? 'true' : '' })
  const query = usePages(path, lettersSchema, ({ letters }) => letters)
  const columns = useLetterColumns()
  return (
    <Card title={w.letters}>
      <div className="mb-4 max-w-sm">
        <Switch label={w.givenUp} on={givenUp} onSwitch={setGivenUp} />
      </div>
      <List
        query={query}
        caption={w.letters}
        keyOf={({ id }) => id}
        columns={[...columns, { head: w.to, cell: ({ to }) => <span className="break-all">{to}</span> }]}
      />
    </Card>
  )
}
