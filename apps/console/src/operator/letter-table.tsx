import type { LetterRow } from '@codeplan/contract'

import { useTimes } from '../format/times.ts'
import { Badge, Table, type Column, type Tone } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { systemWords } from './system-words.ts'

const TONES: Readonly<Record<LetterRow['state'], Tone>> = {
  sent: 'good',
  waits: 'plain',
  retried: 'warn',
  kept: 'plain',
  given_up: 'bad',
}

type Shown = Pick<LetterRow, 'id' | 'at' | 'kind'> & { readonly state: string }
const stateOf = (state: string): LetterRow['state'] | undefined =>
  state in TONES ? (state as LetterRow['state']) : undefined

export function useLetterColumns(): readonly Column<Shown>[] {
  const w = useWords(systemWords)
  const times = useTimes()
  return [
    { head: w.kind, main: true, cell: ({ kind }) => w.letterKinds[kind] ?? kind },
    { head: w.at, cell: ({ at }) => times.moment(at) },
    {
      head: w.state,
      cell: ({ state }) => {
        const known = stateOf(state)
        return known ? <Badge tone={TONES[known]}>{w.letterStates[known]}</Badge> : state
      },
    },
  ]
}

export function LetterTable({ letters }: { readonly letters: readonly Shown[] }) {
  const w = useWords(systemWords)
  return <Table caption={w.letters} rows={letters} keyOf={({ id }) => id} columns={useLetterColumns()} />
}
