import { auditEntrySchema } from '@codeplan/contract'
import { useDeferredValue, useState } from 'react'
import { z } from 'zod'

import { Card, Field, Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usePages, withQuery } from './api.ts'
import { auditWords } from './audit-words.ts'
import { useDeedColumns, type DeedRow } from './deed-table.tsx'
import { List } from './list.tsx'
import { MemberLink } from './member-link.tsx'

const pageSchema = z.object({ entries: z.array(auditEntrySchema), next: z.string().nullable() })

export function Audit() {
  const w = useWords(auditWords)
  const [whom, setWhom] = useState('')
  const asked = useDeferredValue(whom.trim())
  const query = usePages(withQuery('/audit', { whom: asked }), pageSchema, ({ entries }) => entries)
  const [action, ...columns] = useDeedColumns()
  const about = {
    head: w.whom,
    cell: ({ whom, whom_email: email }: DeedRow) =>
      whom && email ? <MemberLink id={whom} email={email} /> : <span className="break-all">{whom ?? '–'}</span>,
  }
  return (
    <Page title={w.title} lead={w.lead}>
      <Card>
        <div className="mb-5 sm:max-w-sm">
          <Field label={w.filter} type="search" value={whom} onChange={(event) => setWhom(event.target.value)} />
        </div>
        <List
          query={query}
          caption={w.title}
          keyOf={({ id }) => id}
          columns={[...(action ? [action] : []), about, ...columns]}
        />
      </Card>
    </Page>
  )
}
