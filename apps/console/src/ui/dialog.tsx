import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

import { useWords } from '../words/language.tsx'
import { uiWords } from './words.ts'
import { Icon, Named } from './icons.tsx'

export interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly children: ReactNode
  /** Buttons, the one that does it last. */
  readonly actions?: ReactNode
}

/** Asks something before it is done. On a phone it comes from below, where thumbs are. */
export function Dialog({ open, onClose, title, children, actions }: DialogProps) {
  const w = useWords(uiWords)
  return (
    <Base.Root open={open} onOpenChange={(now) => now || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 bg-black/40" />
        <Base.Popup className="fixed inset-x-0 bottom-0 max-h-[92dvh] overflow-y-auto rounded-t-lg border bg-card p-5 shadow-float sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[30rem] sm:max-w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-lg sm:p-6">
          <div className="mb-3 flex items-start justify-between gap-4">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            <Base.Close className="-mt-1 -mr-1 grid size-9 place-items-center rounded-md hover:bg-sunk">
              <Icon name="close" />
              <Named>{w.close}</Named>
            </Base.Close>
          </div>
          <div className="grid gap-4">{children}</div>
          {actions ? <div className="mt-6 flex flex-wrap justify-end gap-3">{actions}</div> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
