import { adminSaleSchema, suggestionSchema, type AdminRelease, type AdminSale } from '@codeplan/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'

import { nothing } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Empty, Field, Loaded, Page, Select, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery, withQuery } from './api.ts'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { colorOf, Figure } from './figure.tsx'
import { releasesWords } from './releases-words.ts'

const EVERY_MS = 10_000
const saleQuery = adminQuery('/sale', adminSaleSchema, EVERY_MS)
type Deed = 'release' | 'limit'

export function Releases() {
  const w = useWords(releasesWords)
  const query = useQuery(saleQuery)
  const [deed, setDeed] = useState<Deed>()
  const close = (): void => setDeed(undefined)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={query} skeleton="h-[60dvh]">
        {(sale) => (
          <>
            <Card
              title={w.now}
              side={
                <div className="flex flex-wrap gap-2">
                  <OperatorButton kind="primary" disabled={!sale.limited} onClick={() => setDeed('release')}>
                    {w.release}
                  </OperatorButton>
                  <OperatorButton onClick={() => setDeed('limit')}>
                    {sale.limited ? w.limit : w.limitBack}
                  </OperatorButton>
                </div>
              }
            >
              <Shelves sale={sale} />
            </Card>
            <Suggestion />
            <Calendar sale={sale} />
            <ReleaseDialog open={deed === 'release'} onClose={close} sale={sale} />
            <DeedDialog
              open={deed === 'limit'}
              onClose={close}
              title={sale.limited ? w.limit : w.limitBack}
              verb={sale.limited ? w.limit : w.limitBack}
              kind="danger"
              onDo={({ why }) =>
                adminAsk('/sale/limit', nothing, { method: 'PUT', body: { limited: !sale.limited, why } })
              }
            >
              <p>{sale.limited ? w.limitAbout : w.limitBackAbout}</p>
            </DeedDialog>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Shelves({ sale }: { readonly sale: AdminSale }) {
  const w = useWords(releasesWords)
  const times = useTimes()
  const { count } = useAmounts()
  const [pausing, setPausing] = useState<AdminSale['plans'][number]>()
  return (
    <>
      <p className="mb-4 text-soft">{sale.daily ? w.daily(count(sale.daily.pieces), sale.daily.at) : w.unlimited}</p>
      <Table
        caption={w.now}
        rows={sale.plans}
        keyOf={({ plan }) => plan}
        columns={[
          {
            head: w.plan,
            main: true,
            cell: ({ name, paused }) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                {name} {paused ? <Badge tone="warn">{w.paused}</Badge> : null}
              </span>
            ),
          },
          {
            head: w.left,
            figures: true,
            cell: ({ left }) => (left === null ? <span className="text-soft">{w.notLimited}</span> : count(left)),
          },
          { head: w.waiting, figures: true, cell: ({ waiting }) => count(waiting) },
          { head: w.next, cell: ({ next_release_at: at }) => (at ? times.operator(at) : w.none) },
          {
            head: w.pause,
            figures: true,
            cell: (row) =>
              row.paused_by_catalog ? (
                <span className="text-soft">{w.byCatalog}</span>
              ) : (
                <OperatorButton size="small" onClick={() => setPausing(row)}>
                  {row.paused ? w.resume : w.pause}
                </OperatorButton>
              ),
          },
        ]}
      />
      <DeedDialog
        open={pausing !== undefined}
        onClose={() => setPausing(undefined)}
        title={pausing?.paused ? w.resume : w.pause}
        verb={pausing?.paused ? w.resume : w.pause}
        kind={pausing?.paused ? 'primary' : 'danger'}
        onDo={({ why }) =>
          adminAsk(`/sale/plans/${pausing?.plan}`, nothing, { method: 'PUT', body: { paused: !pausing?.paused, why } })
        }
      >
        {pausing?.paused ? null : <p>{w.pauseAbout}</p>}
      </DeedDialog>
    </>
  )
}

function ReleaseDialog({
  sale,
  ...opened
}: {
  readonly sale: AdminSale
  readonly open: boolean
  readonly onClose: () => void
}) {
  const w = useWords(releasesWords)
  const [chosen, setChosen] = useState('')
  const plan = chosen || (sale.plans[0]?.plan ?? '')
  return (
    <DeedDialog
      {...opened}
      title={w.release}
      verb={w.releaseVerb}
      onDo={({ pieces, at, why }, requestKey) => {
        const body = { plan, pieces: Number(pieces), why, ...(at ? { at: new Date(at).toISOString() } : {}) }
        return adminAsk('/sale/releases', z.object({ id: z.string() }), { method: 'POST', body, requestKey })
      }}
    >
      <Select
        label={w.plan}
        value={plan}
        choices={sale.plans.map((one) => ({ value: one.plan, text: one.name }))}
        onChoose={setChosen}
      />
      <Field label={w.pieces} name="pieces" type="number" min={1} defaultValue={10} required />
      <Field label={w.at} hint={w.atHint} name="at" type="datetime-local" />
    </DeedDialog>
  )
}

function Suggestion() {
  const w = useWords(releasesWords)
  const times = useTimes()
  const { count } = useAmounts()
  const [days, setDays] = useState('7')
  const [fill, setFill] = useState('80')
  const query = useQuery({
    ...adminQuery(withQuery('/sale/suggestion', { days, fill }), suggestionSchema),
    placeholderData: keepPreviousData,
  })
  const limitOf = (places: number | null): string => (places === null ? w.any : count(places))
  return (
    <Card title={w.suggestion}>
      <div className="mb-5 grid grid-cols-2 gap-4 sm:max-w-md">
        <Field label={w.days} type="number" min={1} max={90} value={days} onChange={(e) => setDays(e.target.value)} />
        <Field label={w.fill} type="number" min={1} max={100} value={fill} onChange={(e) => setFill(e.target.value)} />
      </div>
      <Loaded query={query} skeleton="h-64">
        {(found) => (
          <div className="grid gap-5">
            {found.of_each === null ? (
              <Empty title={w.unknown}>{w.unknownAbout}</Empty>
            ) : (
              <div>
                <p className="text-2xl font-semibold">{w.ofEach(count(found.of_each))}</p>
                <p className="text-soft">
                  {[
                    found.limited_by ? w.by(found.limited_by) : '',
                    found.not_measured.length > 0 ? w.notMeasured(found.not_measured.join(', ')) : '',
                  ].join(' ')}
                </p>
              </div>
            )}
            {found.models.length > 0 ? (
              <Table
                caption={w.suggestion}
                rows={found.models}
                keyOf={({ model }) => model}
                columns={[
                  { head: w.model, main: true, cell: ({ model }) => model },
                  { head: w.busiest, cell: ({ busiest_hour: at }) => times.moment(at) },
                  { head: w.places, figures: true, cell: ({ places }) => limitOf(places) },
                  { head: w.inUse, figures: true, cell: ({ in_use: n }) => count(n, 1) },
                  { head: w.free, figures: true, cell: ({ free }) => limitOf(free) },
                ]}
              />
            ) : null}
            {found.models.length > 0 ? (
              <Table
                caption={w.plan}
                rows={found.plans}
                keyOf={({ plan }) => plan}
                columns={[
                  { head: w.plan, main: true, cell: ({ plan }) => plan },
                  { head: w.runs, figures: true, cell: ({ subscriptions: n }) => count(n) },
                  {
                    head: w.occupies,
                    cell: ({ places_each: each }) =>
                      Object.entries(each)
                        .map(([model, places]) => `${model} ${count(places, 3)}`)
                        .join(' · ') || '–',
                  },
                  { head: w.more, figures: true, cell: ({ pieces }) => (pieces === null ? '–' : count(pieces)) },
                ]}
              />
            ) : null}
          </div>
        )}
      </Loaded>
    </Card>
  )
}

/** Each day what was released and sold, then what comes. */
function Calendar({ sale }: { readonly sale: AdminSale }) {
  const w = useWords(releasesWords)
  const times = useTimes()
  const { count } = useAmounts()
  if (sale.releases.length === 0) return null
  const rows = sale.releases.toReversed()
  const days = Map.groupBy(sale.releases, (one) => times.day(one.opens_at))
  return (
    <Card title={w.calendar}>
      <Figure
        height={170}
        data={[...days].map(([at, releases]) => ({
          at,
          ...Object.fromEntries(sale.plans.map(({ plan }) => [plan, soldOf(releases, plan)])),
        }))}
        x="at"
        figure={(value) => count(value, 0)}
        series={sale.plans.map(({ plan, name }, i) => ({
          key: plan,
          name,
          as: 'bar' as const,
          color: colorOf(i),
          stack: 'sold',
        }))}
        table={
          <Table
            caption={w.calendar}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              { head: w.plan, main: true, cell: ({ plan }) => plan },
              { head: w.opens, cell: ({ opens_at: at }) => times.operator(at) },
              { head: w.origin, cell: ({ origin }) => w.origins[origin] },
              {
                head: w.sold,
                figures: true,
                cell: (one) =>
                  one.opens_at > sale.now ? (
                    <span className="text-soft">{w.coming}</span>
                  ) : (
                    w.of(count(one.sold), count(one.pieces))
                  ),
              },
              { head: w.joined, figures: true, cell: ({ joined }) => count(joined) },
            ]}
          />
        }
      />
    </Card>
  )
}

const soldOf = (releases: readonly AdminRelease[], plan: string): number =>
  releases.reduce((sum, one) => sum + (one.plan === plan ? one.sold : 0), 0)
