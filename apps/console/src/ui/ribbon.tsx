import { look, type Tone } from './look.ts'

export interface RibbonPart {
  /** Both from 0 to 1. */
  readonly from: number
  readonly to: number
  readonly tone: Tone
  readonly text: string
}

const FILLS: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunk text-soft',
  accent: 'bg-tint text-ink',
  good: 'bg-tint text-ink',
  warn: 'bg-warn-tint text-ink',
  bad: 'bg-bad-tint text-ink',
}

/** A span, for example a day, in parts, and where in it now is. `text` says the same in words. */
export function Ribbon({
  text,
  parts,
  now,
  marks = [],
}: {
  readonly text: string
  readonly parts: readonly RibbonPart[]
  readonly now?: number
  readonly marks?: readonly { readonly at: number; readonly text: string }[]
}) {
  const percent = (share: number): string => `${share * 100}%`
  return (
    <div role="img" aria-label={text}>
      <div className="relative flex h-9 overflow-hidden rounded-md border">
        {parts.map((part) => (
          <div
            key={part.from}
            className={look(
              'flex min-w-0 items-center justify-center overflow-hidden px-1 text-xs whitespace-nowrap',
              FILLS[part.tone],
            )}
            style={{ width: percent(part.to - part.from) }}
          >
            {part.text}
          </div>
        ))}
        {now === undefined ? null : <div className="absolute inset-y-0 w-0.5 bg-ink" style={{ left: percent(now) }} />}
      </div>
      {marks.length > 0 ? (
        <div className="relative mt-1 h-4 text-xs text-soft">
          {marks.map((mark) => (
            <span
              key={mark.at}
              className={look('absolute', mark.at > 0.94 ? '-translate-x-full' : mark.at > 0.06 && '-translate-x-1/2')}
              style={{ left: percent(mark.at) }}
            >
              {mark.text}
            </span>
          ))}
        </div>
      ) : null}
    </div>
  )
}
