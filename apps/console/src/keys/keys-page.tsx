import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { keysQuery, type Key, type KeyMade } from '../api/keys.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Button, Card, Empty, Loaded, Page, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { MadeKey } from './made-key.tsx'
import { MakeKeyDialog } from './make-key-dialog.tsx'
import { RenameDialog, RevokeDialog } from './key-dialogs.tsx'
import { keysWords } from './words.ts'

export function KeysPage() {
  const w = useWords(keysWords)
  const { count } = useAmounts()
  const query = useQuery(keysQuery)
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<KeyMade>()
  const make = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      {w.make}
    </Button>
  )
  return (
    <Page title={w.title} lead={w.lead} side={make}>
      {made ? <MadeKey made={made} onDone={() => setMade(undefined)} /> : null}
      <Loaded query={query} skeleton="h-40">
        {(keys) => {
          const running = keys.filter((key) => key.revoked_at === null)
          const revoked = keys.filter((key) => key.revoked_at !== null)
          return (
            <>
              {running.length > 0 ? (
                <Card title={w.running}>
                  <KeyTable keys={running} />
                </Card>
              ) : made ? null : (
                <Empty title={w.none}>{w.noneAbout}</Empty>
              )}
              {revoked.length > 0 ? (
                <details>
                  <summary className="text-soft">{w.revoked(count(revoked.length))}</summary>
                  <ul className="mt-2 grid gap-1 text-sm text-soft">
                    {revoked.map(({ id, name, begins_with }) => (
                      <li key={id}>
                        {name} <code className="font-mono">{w.cut(begins_with)}</code>
                      </li>
                    ))}
                  </ul>
                </details>
              ) : null}
            </>
          )
        }}
      </Loaded>
      <MakeKeyDialog open={isMaking} onClose={() => setMaking(false)} onMade={setMade} />
    </Page>
  )
}

function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  const w = useWords(keysWords)
  const times = useTimes()
  const now = useNow()
  const [renaming, setRenaming] = useState<Key>()
  const [revoking, setRevoking] = useState<Key>()
  return (
    <>
      <Table
        caption={w.running}
        rows={keys}
        keyOf={({ id }) => id}
        columns={[
          {
            head: w.name,
            main: true,
            cell: ({ name, many_addresses_at: many }) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                {name} {many ? <Badge tone="warn">{w.manyAddresses}</Badge> : null}
              </span>
            ),
          },
          {
            head: w.beginsWith,
            cell: ({ begins_with }) => <code className="font-mono text-xs">{w.cut(begins_with)}</code>,
          },
          { head: w.made, cell: ({ created_at }) => times.day(created_at) },
          {
            head: w.used,
            cell: ({ last_used_at: at }) =>
              at ? times.relative(at, now) : <span className="text-soft">{w.never}</span>,
          },
          {
            head: w.from,
            cell: ({ allowed }) => allowed?.join(', ') ?? <span className="text-soft">{w.anywhere}</span>,
          },
          {
            head: w.actions,
            figures: true,
            cell: (key) => (
              <span className="inline-flex gap-1">
                <Button size="small" kind="plain" onClick={() => setRenaming(key)}>
                  {w.rename}
                </Button>
                <Button size="small" kind="danger" onClick={() => setRevoking(key)}>
                  {w.revoke}
                </Button>
              </span>
            ),
          },
        ]}
      />
      <RenameDialog target={renaming} onClose={() => setRenaming(undefined)} />
      <RevokeDialog target={revoking} onClose={() => setRevoking(undefined)} />
    </>
  )
}
