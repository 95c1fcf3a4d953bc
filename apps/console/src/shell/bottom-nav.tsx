import { Dialog } from '@base-ui/react/dialog'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { useMe } from '../api/start.ts'
import { Icon, Named } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { AT_HAND } from './nav.ts'
import { Groups } from './side-nav.tsx'
import { SignOut } from './sign-out.tsx'
import { shellWords } from './words.ts'

const SLOT = 'flex min-w-0 flex-1 flex-col items-center gap-0.5 pt-2 pb-1.5 text-xs text-soft no-underline'

/** What is needed most, where a thumb reaches it; the rest comes from below. */
export function BottomNav() {
  const w = useWords(shellWords)
  const language = useLanguage()
  const { name, email } = useMe()
  const [open, setOpen] = useState(false)
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <nav
        aria-label={w.main}
        className="fixed inset-x-0 bottom-0 z-10 flex border-t bg-card pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {AT_HAND.map(({ to, icon, text }) => (
          <Link
            key={to}
            to={to}
            className={`${SLOT} data-[status=active]:font-medium data-[status=active]:text-accent`}
          >
            <Icon name={icon} size={20} />
            <span className="max-w-full truncate px-1">{text(language)}</span>
          </Link>
        ))}
        <Dialog.Trigger className={SLOT}>
          <Icon name="menu" size={20} />
          <span>{w.more}</span>
        </Dialog.Trigger>
      </nav>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-10 bg-black/40" />
        <Dialog.Popup className="fixed inset-x-0 bottom-0 z-20 max-h-[88dvh] overflow-y-auto rounded-t-lg border bg-card p-4 shadow-float">
          <div className="flex items-center justify-between pb-2 pl-3">
            <Dialog.Title className="truncate text-sm text-soft">{name || email}</Dialog.Title>
            <Dialog.Close className="grid size-9 place-items-center rounded-md hover:bg-sunk">
              <Icon name="close" />
              <Named>{w.menu}</Named>
            </Dialog.Close>
          </div>
          <Groups onGo={() => setOpen(false)} />
          <SignOut />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
