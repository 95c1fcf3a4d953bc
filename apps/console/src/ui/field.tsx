import { useId, type ComponentProps, type ReactNode } from 'react'

import { look } from './look.ts'

const INPUT =
  'block w-full rounded-md border border-edge/70 bg-card px-3 text-ink placeholder:text-soft/80 aria-invalid:border-bad disabled:opacity-60'

interface Around {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong with it, and what helps. */
  readonly fault?: ReactNode
}

/** Label, control, hint and fault, tied together for whoever does not see them. */
function Labelled({
  label,
  hint,
  fault,
  children,
}: Around & { readonly children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode }) {
  const id = useId()
  const about = hint || fault ? `${id}-about` : undefined
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': about })}
      {about ? (
        <p id={about} className={look('mt-1.5 text-sm', fault ? 'text-bad' : 'text-soft')}>
          {fault || hint}
        </p>
      ) : null}
    </div>
  )
}

export function Field({ label, hint, fault, className, ...rest }: Around & ComponentProps<'input'>) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ids) => (
        <input {...rest} {...ids} aria-invalid={fault ? true : undefined} className={look(INPUT, 'h-10', className)} />
      )}
    </Labelled>
  )
}

export function TextArea({ label, hint, fault, className, ...rest }: Around & ComponentProps<'textarea'>) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ids) => (
        <textarea
          {...rest}
          {...ids}
          aria-invalid={fault ? true : undefined}
          className={look(INPUT, 'py-2', className)}
        />
      )}
    </Labelled>
  )
}

export interface Choice<T extends string> {
  readonly value: T
  readonly text: string
}

/** The select of the browser: right on every phone, and with every keyboard. */
export function Select<T extends string>({
  label,
  hint,
  fault,
  value,
  choices,
  onChoose,
  ...rest
}: Around &
  Omit<ComponentProps<'select'>, 'value' | 'onChange'> & {
    readonly value: T
    readonly choices: readonly Choice<T>[]
    readonly onChoose: (value: T) => void
  }) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ids) => (
        <select
          {...rest}
          {...ids}
          value={value}
          onChange={(event) => onChoose(choices[event.target.selectedIndex]?.value ?? value)}
          className={look(INPUT, 'h-10')}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}
