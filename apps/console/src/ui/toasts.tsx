import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'

import { Refusal } from '../api/refusal.ts'
import { useWords } from '../words/language.tsx'
import { Icon, Named } from './icons.tsx'
import { look } from './look.ts'
import { uiWords } from './words.ts'

const manager = Toast.createToastManager()

/** Says that something was done, or was not. Stays long enough to be read, and while it is looked at. */
export const toast = (title: string): void => void manager.add({ title })
export const toastRefusal = (error: unknown): void =>
  void manager.add({
    title: error instanceof Refusal ? error.message : String(error),
    type: 'bad',
    priority: 'high',
    timeout: 10_000,
  })

export function Toasts({ children }: { readonly children: ReactNode }) {
  const w = useWords(uiWords)
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport
          aria-label={w.notifications}
          className="fixed inset-x-4 bottom-20 z-10 mx-auto flex max-w-md flex-col gap-2 lg:right-6 lg:bottom-6 lg:left-auto"
        >
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function List() {
  const { toasts } = Toast.useToastManager()
  const w = useWords(uiWords)
  return toasts.map((one) => (
    <Toast.Root
      key={one.id}
      toast={one}
      className={look(
        'flex items-start justify-between gap-3 rounded-md border p-3 pl-4 shadow-float',
        one.type === 'bad' ? 'border-bad/40 bg-bad-tint' : 'bg-card',
      )}
    >
      <Toast.Title className="pt-0.5 text-sm font-medium" />
      <Toast.Close className="grid size-7 shrink-0 place-items-center rounded-sm hover:bg-sunk">
        <Icon name="close" size={16} />
        <Named>{w.close}</Named>
      </Toast.Close>
    </Toast.Root>
  ))
}
