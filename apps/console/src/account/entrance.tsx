import type { FormEvent, ReactNode } from 'react'

import { Empty } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { accountWords } from './words.ts'

/** The frame of the pages before one is signed in: one form in the middle. */
export function Entrance({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <div className="mx-auto mt-4 w-full max-w-md rounded-lg border bg-card p-6 sm:mt-10 sm:p-8">
      <title>{title}</title>
      <h1>{title}</h1>
      {lead ? <p className="mt-1.5 text-soft">{lead}</p> : null}
      <div className="mt-6 grid gap-4">{children}</div>
    </div>
  )
}

/** The fields of a form by their names, when it is sent. */
export const sent =
  (work: (fields: Readonly<Record<string, string>>) => void) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    work(Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)])))
  }

export function NoToken() {
  const w = useWords(accountWords)
  return <Empty title={w.noToken}>{w.noTokenAbout}</Empty>
}
