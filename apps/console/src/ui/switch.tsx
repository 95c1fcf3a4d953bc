import { Switch as Base } from '@base-ui/react/switch'
import { useId, type ReactNode } from 'react'

export interface SwitchProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly on: boolean
  readonly disabled?: boolean
  readonly onSwitch: (on: boolean) => void
}

export function Switch({ label, hint, on, disabled = false, onSwitch }: SwitchProps) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-4">
      <div>
        <span id={id} className="font-medium">
          {label}
        </span>
        {hint ? (
          <p id={`${id}-about`} className="text-sm text-soft">
            {hint}
          </p>
        ) : null}
      </div>
      <Base.Root
        aria-labelledby={id}
        aria-describedby={hint ? `${id}-about` : undefined}
        checked={on}
        disabled={disabled}
        onCheckedChange={onSwitch}
        className="mt-0.5 flex h-6 w-11 shrink-0 items-center rounded-full border border-edge bg-sunk p-0.5 transition-colors data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50"
      >
        <Base.Thumb className="size-[18px] rounded-full bg-edge transition-transform data-[checked]:translate-x-5 data-[checked]:bg-on-accent" />
      </Base.Root>
    </div>
  )
}
