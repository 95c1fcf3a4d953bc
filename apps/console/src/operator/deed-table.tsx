import type { auditEntrySchema } from '@codeplan/contract'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'

import { useTimes } from '../format/times.ts'
import { Table, type Column } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { auditWords } from './audit-words.ts'

export type DeedRow = z.infer<typeof auditEntrySchema>

/** `plan lite · months 2`: what was written down, in one line. */
function told(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .map(([name, one]) => `${name} ${typeof one === 'object' && one !== null ? JSON.stringify(one) : String(one)}`)
    .join(' · ')
}

export function useDeedColumns(): readonly Column<DeedRow>[] {
  const w = useWords(auditWords)
  const times = useTimes()
  const who = (id: string) =>
    id.startsWith('mem_') ? (
      <Link to="/operator/members/$id" params={{ id }} className="link font-mono text-xs break-all">
        {id}
      </Link>
    ) : id === 'command line' ? (
      w.commandLine
    ) : (
      id
    )
  return [
    { head: w.action, main: true, cell: ({ action }) => action },
    { head: w.at, cell: ({ at }) => times.moment(at) },
    { head: w.before, cell: ({ before }) => <span className="break-words">{told(before)}</span> },
    { head: w.after, cell: ({ after }) => <span className="break-words">{told(after)}</span> },
    { head: w.why, cell: ({ why }) => why ?? '–' },
    { head: w.by, cell: (row) => who(row.who) },
  ]
}

export function DeedTable({ deeds }: { readonly deeds: readonly DeedRow[] }) {
  const w = useWords(auditWords)
  return <Table caption={w.title} rows={deeds} keyOf={({ id }) => id} columns={useDeedColumns()} />
}
