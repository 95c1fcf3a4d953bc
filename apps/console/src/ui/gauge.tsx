import type { ReactNode } from 'react'

import { look, type Tone } from './look.ts'

/** From these shares on a gauge says, by its colour too, that it is getting tight. */
const WARN_FROM = 0.75
const BAD_FROM = 0.95

export const toneOfShare = (share: number): Tone => (share >= BAD_FROM ? 'bad' : share >= WARN_FROM ? 'warn' : 'accent')

const FILLS: Readonly<Record<Tone, string>> = {
  plain: 'bg-edge',
  accent: 'bg-accent',
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
}

export interface GaugeProps {
  readonly label: string
  /** 0 to 1. */
  readonly share: number
  /** What the share is, in words: "12 of 80 prompts". */
  readonly text: string
  readonly tone?: Tone
  readonly children?: ReactNode
}

/** How much of something is used. */
export function Gauge({ label, share, text, tone = toneOfShare(share), children }: GaugeProps) {
  const percent = Math.min(100, Math.max(0, share * 100))
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">{label}</span>
        <span className="text-sm text-soft">{text}</span>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        aria-valuetext={text}
        className="h-2.5 overflow-hidden rounded-full bg-sunk"
      >
        <div
          className={look('h-full rounded-full transition-[width] duration-500', FILLS[tone])}
          style={{ width: `${share > 0 ? Math.max(percent, 1) : 0}%` }}
        />
      </div>
      {children ? <div className="mt-1.5 text-sm text-soft">{children}</div> : null}
    </div>
  )
}
