import { useId, type ReactNode } from 'react'

import { look } from './look.ts'

export interface CardProps {
  readonly title?: ReactNode
  /** To the right of the title. */
  readonly side?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** One thing of a page, with its name. */
export function Card({ title, side, children, className }: CardProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={look('rounded-lg border bg-card p-5 sm:p-6', className)}
    >
      {title || side ? (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          {title ? <h2 id={id}>{title}</h2> : null}
          {side}
        </div>
      ) : null}
      {children}
    </section>
  )
}

export interface PageProps {
  readonly title: string
  /** One sentence: what this page is for. */
  readonly lead?: ReactNode
  readonly side?: ReactNode
  readonly children: ReactNode
}

/** The frame of every page: its heading, then its parts with the same distance between them. */
export function Page({ title, lead, side, children }: PageProps) {
  return (
    <>
      <title>{title}</title>
      <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="max-w-[65ch]">
          <h1>{title}</h1>
          {lead ? <p className="mt-1.5 text-soft">{lead}</p> : null}
        </div>
        {side}
      </header>
      {/* One column that no long line can widen. */}
      <div className="grid grid-cols-1 gap-5">{children}</div>
    </>
  )
}
