import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

export interface Tab<T extends string> {
  readonly value: T
  readonly text: ReactNode
}

/** Several views of one thing, one at a time; on a phone the row is moved sideways. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  onChoose,
  children,
}: {
  readonly label: string
  readonly tabs: readonly Tab<T>[]
  readonly value: T
  readonly onChoose: (value: T) => void
  readonly children?: ReactNode
}) {
  return (
    <Base.Root value={value} onValueChange={(chosen) => onChoose(chosen as T)}>
      <Base.List aria-label={label} className="relative flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px h-10 border-b-2 border-transparent px-3 font-medium whitespace-nowrap text-soft hover:text-ink data-[active]:border-accent data-[active]:text-ink focus-visible:-outline-offset-2"
          >
            {tab.text}
          </Base.Tab>
        ))}
      </Base.List>
      {children === undefined ? null : (
        <Base.Panel value={value} className="pt-5" tabIndex={-1}>
          {children}
        </Base.Panel>
      )}
    </Base.Root>
  )
}
