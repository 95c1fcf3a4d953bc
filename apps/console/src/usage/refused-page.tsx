import type { RefusedShown } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { refusalsQuery } from '../api/usage.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Empty, Loaded, Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { refusedWords } from './refused-words.ts'
import { useLive } from './use-live.ts'

/** Where in the console a step can be taken. */
const PLACES: Readonly<Record<string, '/plans' | '/subscription' | '/balance' | '/keys' | '/setup'>> = {
  check_key: '/keys',
  send_key: '/keys',
  use_allowed_address: '/keys',
  use_base_url: '/setup',
  use_supported_tool: '/setup',
  choose_model: '/setup',
  subscribe: '/plans',
  renew: '/subscription',
  upgrade: '/subscription',
  top_up: '/balance',
}

/** The last refusals: which limit, how far, until when, and what helps. */
export function RefusedPage() {
  const w = useWords(refusedWords)
  useLive()
  const refusals = useQuery(refusalsQuery)
  return (
    <Page title={w.refused} lead={w.refusedLead}>
      <Loaded query={refusals} skeleton="h-64">
        {({ refusals: all }) =>
          all.length === 0 ? (
            <Empty title={w.noRefusals}>{w.noRefusalsAbout}</Empty>
          ) : (
            <>
              {all.map((one) => (
                <OneRefusal key={one.id} one={one} />
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

function OneRefusal({ one }: { readonly one: RefusedShown }) {
  const w = useWords(refusedWords)
  const times = useTimes()
  const now = useNow()
  const { helps } = one.detail
  const steps = Array.isArray(helps) ? helps.filter((step) => typeof step === 'string') : []
  const side = (
    <div className="flex flex-wrap items-center gap-2 text-sm text-soft">
      {one.times > 1 ? <Badge tone="warn">{w.timesOver(one.times)}</Badge> : null}
      <time dateTime={one.at} title={times.full(one.at)}>
        {`${times.relative(one.at, now)} · ${times.moment(one.at)}`}
      </time>
    </div>
  )
  return (
    <Card title={w.code(one.code)} side={side}>
      <p className="font-medium">{one.message}</p>
      <p className="mt-1 text-sm text-soft">
        {one.tool.name === 'unknown' ? w.unknownTool : one.tool.name}
        {`${one.model ? ` · ${one.model}` : ''} · `}
        <code className="font-mono text-xs">{one.path}</code>
        {one.tool.user_agent ? (
          <>
            {' · '}
            {w.agent} <code className="font-mono text-xs break-all">{one.tool.user_agent}</code>
          </>
        ) : null}
      </p>
      <h3 className="mt-4 text-sm">{w.whatHelps}</h3>
      <ul className="mt-1 list-disc pl-5">
        {steps.map((step) => {
          const place = PLACES[step]
          const text = w.help[step] ?? step
          return (
            <li key={step}>
              {place ? (
                <Link to={place} className="link">
                  {text}
                </Link>
              ) : (
                text
              )}
            </li>
          )
        })}
        <li>
          <a href={`/docs/errors/${one.code}`} className="link">
            {w.about}
          </a>
        </li>
      </ul>
    </Card>
  )
}
