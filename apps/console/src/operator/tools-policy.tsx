import { toolsPolicySchema, type ToolsPolicy } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { buttonLook, Card, Empty, Fact, Facts, Gauge, Loaded, Notice, Page, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminQuery } from './api.ts'
import { toolsPolicyWords } from './tools-policy-words.ts'

const query = adminQuery('/tools', toolsPolicySchema)

/** Before the answer is there, the sentence has its place. */
const DAYS_OF_MONTH = 30

export function ToolsPolicyPage() {
  const w = useWords(toolsPolicyWords)
  const { count } = useAmounts()
  const asked = useQuery(query)
  const edit = (
    <Link to="/operator/catalog" className={buttonLook()}>
      {w.edit}
    </Link>
  )
  const lead = asked.data ? (
    w.lead(count(asked.data.days))
  ) : (
    <span className="invisible">{w.lead(count(DAYS_OF_MONTH))}</span>
  )
  return (
    <Page title={w.title} lead={lead} side={edit}>
      <Loaded query={asked} skeleton="h-[60dvh]">
        {(found) => (
          <>
            {found.suspended ? (
              <Notice tone="bad" title={w.suspended}>
                <p>{w.suspendedAbout}</p>
              </Notice>
            ) : null}
            <div className="grid gap-5 lg:grid-cols-[3fr_2fr]">
              <Card title={w.tools}>
                <Tools found={found} />
              </Card>
              <Card title={w.plans}>
                <Facts>
                  {found.plans.map(({ plan, name, policy }) => (
                    <Fact key={plan} label={name}>
                      {w.policies[policy]}
                    </Fact>
                  ))}
                </Facts>
              </Card>
            </div>
            <Card title={w.refused}>
              <Unknown found={found} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Tools({ found: { tools } }: { readonly found: ToolsPolicy }) {
  const w = useWords(toolsPolicyWords)
  const { count, share } = useAmounts()
  const all = tools.reduce((sum, { calls }) => sum + calls, 0)
  if (all === 0) return <Empty title={w.none}>{w.noneAbout}</Empty>
  return (
    <div className="grid gap-4">
      {tools.map(({ id, name, calls, members }) => (
        <Gauge
          key={id}
          label={id === 'unknown' ? w.unknown : name}
          share={calls / all}
          tone={id === 'unknown' ? 'warn' : 'accent'}
          text={[share(calls / all), `${w.calls} ${count(calls)}`, `${w.members} ${count(members)}`].join(' · ')}
        />
      ))}
    </div>
  )
}

function Unknown({ found: { refused } }: { readonly found: ToolsPolicy }) {
  const w = useWords(toolsPolicyWords)
  const times = useTimes()
  const { count } = useAmounts()
  if (refused.length === 0) return <Empty title={w.nobody}>{w.nobodyAbout}</Empty>
  return (
    <Table
      caption={w.refused}
      rows={refused}
      keyOf={({ user_agent, path }) => user_agent + path}
      columns={[
        {
          head: w.agent,
          main: true,
          cell: ({ user_agent: agent }) => <code className="font-mono text-xs break-all">{agent}</code>,
        },
        { head: w.path, cell: ({ path }) => <code className="font-mono text-xs break-all">{path}</code> },
        { head: w.times, figures: true, cell: ({ times: n }) => count(n) },
        { head: w.people, figures: true, cell: ({ members }) => count(members) },
        { head: w.last, cell: ({ last_at: at }) => times.moment(at) },
      ]}
    />
  )
}
