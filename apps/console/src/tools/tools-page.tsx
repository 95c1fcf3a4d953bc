import type { SoldPlan } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { standingQuery } from '../api/calls.ts'
import { plansQuery } from '../api/plans.ts'
import { useAmounts } from '../format/amounts.ts'
import { termsWords } from '../plans/terms-words.ts'
import { buttonLook, Card, Code, Empty, Loaded, Page, Table, Tabs } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { toolsWords } from './words.ts'

/** Where each service is reached, by its id in the catalog. */
const SERVERS: Readonly<Record<string, string>> = {
  vision: '/api/mcp/vision/mcp',
  web_search: '/api/mcp/web_search_prime/mcp',
  web_reader: '/api/mcp/web_reader/mcp',
}
const PLACEHOLDER = 'YOUR_KEY'

export function ToolsPage() {
  const w = useWords(toolsWords)
  const plans = useQuery(plansQuery)
  const standing = useQuery(standingQuery)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={plans} skeleton="h-72">
        {({ plans: sold }) => (
          <Loaded query={standing} skeleton="h-72">
            {({ subscriptions }) => {
              const drawn = subscriptions.find((one) => one.drawn) ?? subscriptions[0]
              const plan = sold.find(({ id }) => id === drawn?.plan)
              return plan ? (
                <OfPlan plan={plan} />
              ) : (
                <Empty
                  title={w.noPlan}
                  action={
                    <Link to="/plans" className={buttonLook('primary')}>
                      {w.toPlans}
                    </Link>
                  }
                />
              )
            }}
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

function OfPlan({ plan }: { readonly plan: SoldPlan }) {
  const w = useWords(toolsWords)
  const terms = useWords(termsWords)
  const { count } = useAmounts()
  if (plan.tools.length === 0) return <Empty title={w.notIncluded} />
  return (
    <>
      <Card title={w.quota}>
        <Table
          caption={w.quota}
          rows={plan.tools}
          keyOf={({ id }) => id}
          columns={[
            { head: w.service, main: true, cell: ({ id }) => terms.tool[id] ?? id },
            {
              head: w.allowance,
              figures: true,
              cell: ({ calls, per }) =>
                calls === null ? terms.toolDraws : terms.toolCalls(count(calls), per ?? 'month'),
            },
          ]}
        />
      </Card>
      <Connect ids={plan.tools.map(({ id }) => id).filter((id) => id in SERVERS)} />
    </>
  )
}

function Connect({ ids }: { readonly ids: readonly string[] }) {
  const w = useWords(toolsWords)
  const [client, setClient] = useState<'claude' | 'other'>('claude')
  const host = window.location.origin
  const nameOf = (id: string): string => id.replaceAll('_', '-')
  const add = ids.map(
    (id) =>
      `claude mcp add --transport http ${nameOf(id)} ${host}${SERVERS[id]} --header "Authorization: Bearer ${PLACEHOLDER}"`,
  )
  const servers = Object.fromEntries(
    ids.map((id) => [
      nameOf(id),
      { type: 'http', url: `${host}${SERVERS[id]}`, headers: { Authorization: `Bearer ${PLACEHOLDER}` } },
    ]),
  )
  return (
    <Card title={w.connect}>
      <p className="-mt-2 mb-4 text-soft">{w.connectLead}</p>
      <Tabs
        label={w.client}
        value={client}
        onChoose={setClient}
        tabs={[
          { value: 'claude', text: w.claude },
          { value: 'other', text: w.other },
        ]}
      >
        {client === 'claude' ? (
          <Code text={add.join('\n')} label={w.terminal} />
        ) : (
          <Code text={JSON.stringify({ mcpServers: servers }, null, 2)} label={w.file} />
        )}
      </Tabs>
    </Card>
  )
}
