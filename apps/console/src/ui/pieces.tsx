import type { ReactNode } from 'react'

import { look, type Tone } from './look.ts'

const BADGES: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunk text-soft',
  accent: 'bg-tint text-accent',
  good: 'bg-tint text-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
}

export const Badge = ({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span
    className={look(
      'inline-flex items-center gap-1 rounded-sm px-2 py-0.5 text-xs font-medium whitespace-nowrap',
      BADGES[tone],
    )}
  >
    {children}
  </span>
)

export interface StatProps {
  readonly label: ReactNode
  readonly value: ReactNode
  readonly more?: ReactNode
  readonly tone?: Tone
}

/** A figure with its name. Several stand in a `<Stats>`. */
export const Stat = ({ label, value, more, tone = 'plain' }: StatProps) => (
  <div>
    <dt className="text-sm text-soft">{label}</dt>
    <dd className={look('mt-0.5 text-xl font-semibold', tone === 'bad' && 'text-bad', tone === 'warn' && 'text-warn')}>
      {value}
    </dd>
    {more ? <dd className="text-sm text-soft">{more}</dd> : null}
  </div>
)

export const Stats = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:flex sm:flex-wrap sm:gap-x-12">{children}</dl>
)

/** Names and values, one a line. */
export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid max-w-xl gap-2">{children}</dl>
)
export const Fact = ({ label, children }: { readonly label: ReactNode; readonly children: ReactNode }) => (
  <div className="flex flex-wrap items-baseline justify-between gap-x-6">
    <dt className="text-soft">{label}</dt>
    <dd className="text-right font-medium">{children}</dd>
  </div>
)

const NOTICES: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunk',
  accent: 'bg-tint',
  good: 'bg-tint',
  warn: 'bg-warn-tint',
  bad: 'bg-bad-tint',
}

/** Something to know before going on. What went wrong is read aloud at once. */
export const Notice = ({
  tone = 'plain',
  title,
  children,
}: {
  readonly tone?: Tone
  readonly title?: ReactNode
  readonly children?: ReactNode
}) => (
  <div role={tone === 'bad' ? 'alert' : undefined} className={look('rounded-md px-4 py-3', NOTICES[tone])}>
    {title ? <p className="font-medium">{title}</p> : null}
    {children}
  </div>
)

/** Nothing there yet: says what it is for, and how to begin. */
export const Empty = ({
  title,
  children,
  action,
}: {
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}) => (
  <div className="grid justify-items-center gap-2 rounded-lg border border-dashed px-6 py-10 text-center">
    <p className="font-medium">{title}</p>
    {children ? <div className="max-w-[52ch] text-soft">{children}</div> : null}
    {action ? <div className="mt-3">{action}</div> : null}
  </div>
)

/** Stands where something is about to be, as tall as that. */
export const Skeleton = ({ className = 'h-24' }: { readonly className?: string }) => (
  <div aria-hidden="true" className={look('skeleton', className)} />
)
