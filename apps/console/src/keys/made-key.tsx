import { Link } from '@tanstack/react-router'

import type { KeyMade } from '../api/keys.ts'
import { Button, buttonLook, Code, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { keysWords } from './words.ts'

/** The text of a new key, this once. */
export function MadeKey({ made, onDone }: { readonly made: KeyMade; readonly onDone: () => void }) {
  const w = useWords(keysWords)
  return (
    <Notice tone="good" title={w.madeTitle}>
      <p className="mb-3">{w.madeAbout}</p>
      <Code text={made.key} label={w.theKey} />
      <div className="mt-3 flex flex-wrap gap-3">
        <Link to="/setup" state={{ key: made.key }} className={buttonLook('primary')}>
          {w.setUp}
        </Link>
        <Button kind="plain" onClick={onDone}>
          {w.done}
        </Button>
      </div>
    </Notice>
  )
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** A key that was made on the page before: it is in no address, and gone when the page is loaded again. */
    key?: string
  }
}
