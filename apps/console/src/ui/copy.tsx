import { useRef, useState } from 'react'

import { useWords } from '../words/language.tsx'
import { Button } from './button.tsx'
import { Icon } from './icons.tsx'
import { uiWords } from './words.ts'

const SHOWN_MS = 2_000

/** Copies a text, and says that it did. */
export function Copy({ text, label }: { readonly text: string; readonly label?: string }) {
  const w = useWords(uiWords)
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <Button size="small" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} size={16} />
      <span aria-live="polite">{copied ? w.copied : (label ?? w.copy)}</span>
    </Button>
  )
}

/** A piece of text for a terminal or a file, with its button. */
export function Code({ text, name, label }: { readonly text: string; readonly name?: string; readonly label: string }) {
  return (
    <figure className="overflow-hidden rounded-md border bg-sunk">
      <figcaption className="flex items-center justify-between gap-3 border-b py-1.5 pr-1.5 pl-3">
        <span className="truncate font-mono text-xs text-soft">{name ?? label}</span>
        <Copy text={text} />
      </figcaption>
      {/* It scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx_a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={label} className="overflow-x-auto p-3 font-mono text-[13px] leading-relaxed">
        <code>{text}</code>
      </pre>
    </figure>
  )
}
