import { sessionSchema } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'

import { ask, nothing } from '../api/ask.ts'
import { useMeChanged } from '../api/start.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Button, Card, Loaded, Table, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { profileWords } from './words.ts'

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const
const firstIn = (agent: string, names: readonly (readonly [string, string])[]): string | undefined =>
  names.find(([mark]) => agent.includes(mark))?.[1]

export function SessionsCard() {
  const w = useWords(profileWords)
  const times = useTimes()
  const now = useNow()
  const queries = useQueryClient()
  const meChanged = useMeChanged()
  const query = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => ask('/account/sessions', z.object({ sessions: z.array(sessionSchema) }), { signal }),
  })
  const end = useMutation({
    mutationFn: (id: string) => ask(`/account/sessions/${id}`, nothing, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
    onError: toastRefusal,
  })
  const endAll = useMutation({
    mutationFn: () => ask('/account/sessions', nothing, { method: 'DELETE' }),
    onSuccess: () => meChanged(null),
    onError: toastRefusal,
  })
  const nameOf = (agent: string): string => {
    const [browser, system] = [firstIn(agent, BROWSERS), firstIn(agent, SYSTEMS)]
    return browser && system ? w.on(browser, system) : agent.slice(0, 40) || w.unknownDevice
  }
  return (
    <Card
      title={w.sessions}
      side={
        <Button size="small" kind="danger" busy={endAll.isPending} onClick={() => endAll.mutate()}>
          {w.endAll}
        </Button>
      }
    >
      <Loaded query={query} skeleton="h-24">
        {({ sessions }) => (
          <Table
            caption={w.sessions}
            rows={sessions}
            keyOf={({ id }) => id}
            columns={[
              {
                head: w.device,
                main: true,
                cell: ({ agent, current, by_operator: look }) => (
                  <span className="inline-flex flex-wrap items-center gap-2">
                    {nameOf(agent)} {current ? <Badge tone="accent">{w.thisOne}</Badge> : null}
                    {look ? <Badge tone="warn">{w.byOperator}</Badge> : null}
                  </span>
                ),
              },
              { head: w.address, cell: ({ address }) => address },
              { head: w.seen, cell: ({ seen_at }) => times.relative(seen_at, now) },
              {
                head: w.actions,
                figures: true,
                cell: ({ id, current }) =>
                  current ? null : (
                    <Button size="small" busy={end.isPending} onClick={() => end.mutate(id)}>
                      {w.end}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
