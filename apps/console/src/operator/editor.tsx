import { useId, useImperativeHandle, useRef, type Ref } from 'react'

export interface EditorHandle {
  /** Puts the cursor at a line, counted from one. */
  goTo(line: number): void
}

const LINE_PX = 20
const PAD_PX = 12
/** Lines above the one that was gone to. */
const ABOVE = 4

/** A text with the numbers of its lines; those with a fault are marked. Plain, so that every keyboard and reader can use it. */
export function Editor({
  label,
  value,
  faults,
  onChange,
  ref,
}: {
  readonly label: string
  readonly value: string
  readonly faults: ReadonlySet<number>
  readonly onChange: (value: string) => void
  readonly ref?: Ref<EditorHandle>
}) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLDivElement>(null)
  const lines = value.split('\n')
  useImperativeHandle(ref, () => ({
    goTo: (line) => {
      const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
      area.current?.focus()
      area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
      area.current?.scrollTo({ top: Math.max(0, (line - 1 - ABOVE) * LINE_PX) })
    },
  }))
  return (
    <div className="relative flex h-[28rem] overflow-hidden rounded-md border bg-card font-mono text-[13px] leading-5">
      <div
        ref={numbers}
        aria-hidden="true"
        className="w-14 shrink-0 overflow-hidden border-r bg-sunk text-right text-soft select-none"
      >
        <div style={{ padding: `${PAD_PX}px 0` }}>
          {lines.map((_, i) => (
            // Lines have no name but their number.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={i} className={faults.has(i + 1) ? 'bg-bad-tint pr-3 font-semibold text-bad' : 'pr-3'}>
              {i + 1}
            </div>
          ))}
        </div>
      </div>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <textarea
        id={id}
        ref={area}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        aria-invalid={faults.size > 0 || undefined}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => numbers.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        className="block h-full min-w-0 flex-1 resize-none bg-card px-3 text-ink outline-offset-[-2px]"
        style={{ paddingTop: `${PAD_PX}px`, paddingBottom: `${PAD_PX}px` }}
      />
    </div>
  )
}
