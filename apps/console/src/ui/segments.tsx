import { ToggleGroup } from '@base-ui/react/toggle-group'
import { Toggle } from '@base-ui/react/toggle'

import type { Choice } from './field.tsx'

/** One of few, all of them in sight: month, quarter, year. */
export function Segments<T extends string>({
  label,
  choices,
  value,
  onChoose,
}: {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  readonly onChoose: (value: T) => void
}) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={([chosen]) => chosen && onChoose(chosen as T)}
      className="inline-flex rounded-md border bg-sunk p-0.5"
    >
      {choices.map((choice) => (
        <Toggle
          key={choice.value}
          value={choice.value}
          className="h-8 rounded-sm px-3 text-sm font-medium whitespace-nowrap text-soft hover:text-ink data-[pressed]:bg-card data-[pressed]:text-ink data-[pressed]:ring-1 data-[pressed]:ring-line"
        >
          {choice.text}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
