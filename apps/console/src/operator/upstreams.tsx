import { upstreamsSchema, type Upstreams } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { nothing } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Loaded, Page, Table, type Tone } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { Capacity } from './capacity.tsx'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { upstreamsWords } from './upstreams-words.ts'

const EVERY_MS = 3_000
const query = adminQuery('/upstreams', upstreamsSchema, EVERY_MS)
type One = Upstreams['upstreams'][number]
type Route = Upstreams['models'][number]['routes'][number]

const TONES: Readonly<Record<Route['health'], Tone>> = { good: 'good', shaky: 'warn', trial: 'warn', resting: 'bad' }

export function UpstreamsPage() {
  const w = useWords(upstreamsWords)
  const found = useQuery(query)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={found} skeleton="h-[120dvh] sm:h-[50dvh]">
        {({ upstreams, models }) => (
          <>
            <div className="grid gap-5 lg:grid-cols-2">
              {upstreams.map((one) => (
                <Upstream key={one.id} one={one} />
              ))}
            </div>
            <Card title={w.models}>
              <Routes models={models} />
            </Card>
          </>
        )}
      </Loaded>
      <Capacity />
    </Page>
  )
}

function Upstream({ one }: { readonly one: One }) {
  const w = useWords(upstreamsWords)
  const times = useTimes()
  const { count } = useAmounts()
  const [isAsking, setAsking] = useState(false)
  const { id, drained } = one
  return (
    <Card
      title={id}
      side={
        <OperatorButton size="small" kind={drained ? 'primary' : 'danger'} onClick={() => setAsking(true)}>
          {drained ? w.undrain : w.drain}
        </OperatorButton>
      }
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {drained ? <Badge tone="warn">{w.drained}</Badge> : null}
        <span>{w.running(count(one.running))}</span>
        <span className="text-soft break-all">
          {one.base_url === 'sandbox' ? w.simulation : `${one.kind} · ${one.base_url}`}
        </span>
      </p>
      {drained ? (
        <p className="mt-1 text-sm text-soft">{w.drainedBy(drained.by, times.moment(drained.at), drained.why)}</p>
      ) : null}
      {one.keys.map(({ name, set }) => (
        <p key={name} className={set ? 'mt-1 text-sm text-soft' : 'mt-1 text-sm text-bad'}>
          {set ? w.key(name) : w.noKey(name)}
        </p>
      ))}
      <DeedDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={drained ? w.undrain : w.drainTitle(id)}
        verb={drained ? w.undrain : w.drain}
        kind={drained ? 'primary' : 'danger'}
        onDo={({ why }) =>
          adminAsk(`/upstreams/${encodeURIComponent(id)}/drain`, nothing, {
            method: 'PUT',
            body: { drained: !drained, why },
          })
        }
      >
        {drained ? null : <p>{w.drainAbout}</p>}
      </DeedDialog>
    </Card>
  )
}

function Routes({ models }: Pick<Upstreams, 'models'>) {
  const w = useWords(upstreamsWords)
  const times = useTimes()
  const { count } = useAmounts()
  const rows = models.flatMap((model) => model.routes.map((route) => ({ model, route })))
  return (
    <Table
      caption={w.models}
      rows={rows}
      keyOf={({ model, route }) => `${model.id} ${route.upstream}/${route.model}`}
      columns={[
        {
          head: w.model,
          main: true,
          cell: ({ model }) => (
            <span className="inline-flex flex-wrap items-baseline gap-x-2">
              {model.name} {model.waiting > 0 ? <Badge tone="warn">{w.waiting(count(model.waiting))}</Badge> : null}
            </span>
          ),
        },
        { head: w.route, cell: ({ route }) => `${route.upstream} / ${route.model}` },
        {
          head: w.health,
          cell: ({ route }) => (
            <span className="inline-flex flex-wrap items-baseline gap-x-2">
              <Badge tone={route.drained ? 'warn' : TONES[route.health]}>
                {route.drained ? w.drained : w.states[route.health]}
              </Badge>
              {route.rests_until ? <span className="text-soft">{w.until(times.time(route.rests_until))}</span> : null}
            </span>
          ),
        },
        {
          head: w.load,
          figures: true,
          cell: ({ route: { running, concurrency: max } }) =>
            max === null ? count(running) : w.of(count(running), count(max)),
        },
        { head: w.failures, figures: true, cell: ({ route }) => count(route.failures) },
        { head: w.errors, figures: true, cell: ({ route }) => w.of(count(route.errors), count(route.calls)) },
        { head: w.order, figures: true, cell: ({ route }) => w.orderOf(count(route.priority), count(route.weight)) },
      ]}
    />
  )
}
