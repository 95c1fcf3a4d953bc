import type { auditEntrySchema } from '@codeplan/contract'
import type { z } from 'zod'

import { useTimes } from '../format/times.ts'
import { Table, type Column } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { auditWords } from './audit-words.ts'
import { MemberLink } from './member-link.tsx'

export type DeedRow = z.infer<typeof auditEntrySchema>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** `suspended false → true`, in one line; what was not there before is told as it is now. */
function change(before: unknown, after: unknown): string {
  if (!isRecord(before) || !isRecord(after)) return told(after ?? before)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => {
      const [was, is] = [one(before[name]), one(after[name])]
      return was === is || was === '' ? `${name} ${is}` : `${name} ${was} → ${is}`
    })
    .join(' · ')
}

const one = (value: unknown): string =>
  value === undefined ? '' : isRecord(value) ? JSON.stringify(value) : String(value)

/** `plan lite · months 2`: what was written down, in one line. */
function told(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (!isRecord(value)) return String(value)
  return Object.entries(value)
    .map(([name, part]) => `${name} ${one(part)}`)
    .join(' · ')
}

export function useDeedColumns(): readonly Column<DeedRow>[] {
  const w = useWords(auditWords)
  const times = useTimes()
  return [
    { head: w.action, main: true, cell: ({ action }) => action },
    { head: w.at, cell: ({ at }) => times.moment(at) },
    { head: w.change, cell: ({ before, after }) => <span className="break-words">{change(before, after)}</span> },
    { head: w.why, cell: ({ why }) => why ?? '–' },
    {
      head: w.by,
      cell: ({ who, who_email: email }) => (email ? <MemberLink id={who} email={email} /> : w.commandLine),
    },
  ]
}

export function DeedTable({ deeds }: { readonly deeds: readonly DeedRow[] }) {
  const w = useWords(auditWords)
  return <Table caption={w.title} rows={deeds} keyOf={({ id }) => id} columns={useDeedColumns()} />
}
