import type { ComponentProps } from 'react'

import { look } from './look.ts'

type Kind = 'primary' | 'quiet' | 'plain' | 'danger'
type Size = 'small' | 'normal'

const KINDS: Readonly<Record<Kind, string>> = {
  primary: 'bg-accent text-on-accent hover:opacity-90 border-transparent',
  quiet: 'bg-card text-ink border-edge/60 hover:bg-sunk',
  plain: 'text-ink border-transparent hover:bg-sunk',
  danger: 'bg-card text-bad border-bad/50 hover:bg-bad-tint',
}
const SIZES: Readonly<Record<Size, string>> = { small: 'h-8 px-2.5 text-sm', normal: 'h-10 px-4' }

/** Also for a link that looks like a button. */
export const buttonLook = (kind: Kind = 'quiet', size: Size = 'normal'): string =>
  look(
    'inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap no-underline transition-colors',
    'disabled:opacity-50 disabled:cursor-not-allowed',
    KINDS[kind],
    SIZES[size],
  )

export interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: Kind
  readonly size?: Size
  /** It is being done: not to be pressed again. */
  readonly busy?: boolean
}

export function Button({ kind, size, busy = false, disabled, className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={look(buttonLook(kind, size), busy && 'animate-pulse', className)}
    />
  )
}
