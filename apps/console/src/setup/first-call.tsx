import { RECIPES } from '@codeplan/contract/recipes'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { sinceQuery, standingQuery } from '../api/calls.ts'
import { serverNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { buttonLook, Card, Icon, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { setupWords } from './words.ts'

/** Waits for what the tool does with its new configuration, and says what became of it: also why it was refused. */
export function FirstCall() {
  const w = useWords(setupWords)
  const times = useTimes()
  const [since] = useState(() => new Date(serverNow()).toISOString())
  const { data } = useQuery(sinceQuery(since))
  const { data: standing } = useQuery(standingQuery)
  const call = data?.call
  const nameOf = (tool: string): string =>
    RECIPES.find(({ id }) => id === tool)?.name ?? (tool === 'unknown' ? w.unknownTool : tool)
  return (
    <Card title={w.check} className="xl:sticky xl:top-6">
      <div role="status" className="grid gap-3">
        {call ? (
          <>
            <p className="flex items-center gap-2 text-lg font-semibold text-good">
              <Icon name="check" size={22} />
              {w.received}
            </p>
            <p>{w.receivedAbout(nameOf(call.tool), call.model.served, times.time(call.admitted_at))}</p>
            <Link to="/usage" className={buttonLook('primary')}>
              {w.toUsage}
            </Link>
          </>
        ) : (
          <>
            <p className="flex items-center gap-3 font-medium">
              <span aria-hidden="true" className="size-2.5 animate-pulse rounded-full bg-accent" />
              {w.waiting}
            </p>
            <p className="text-sm text-soft">{w.waitingAbout}</p>
            {data?.refusal ? (
              <Notice tone="bad" title={w.refused}>
                <p className="text-sm">{data.refusal.message}</p>
              </Notice>
            ) : null}
            {standing?.subscriptions.length === 0 ? (
              <Notice tone="warn">
                <p className="text-sm">{w.noPlan}</p>
                <Link to="/plans" className="link text-sm">
                  {w.toPlans}
                </Link>
              </Notice>
            ) : null}
          </>
        )}
      </div>
    </Card>
  )
}
