import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'

import { Refusal } from '../api/refusal.ts'
import { Button, buttonLook, Empty, Notice, Page, uiWords } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { shellWords } from './words.ts'

/** The one place where a fault of a page ends: the rest of the console goes on. */
export function Broken({ error }: ErrorComponentProps) {
  const w = useWords(uiWords)
  const router = useRouter()
  return (
    <Page title={w.broken}>
      <Notice tone="bad">
        <p>{error instanceof Refusal ? error.message : w.brokenAbout}</p>
        {error instanceof Refusal ? null : <p className="mt-2 font-mono text-xs">{String(error)}</p>}
      </Notice>
      <div>
        <Button onClick={() => void router.invalidate()}>{w.again}</Button>
      </div>
    </Page>
  )
}

export function NotFound() {
  const w = useWords(shellWords)
  return (
    <Page title={w.notFound} lead={w.notFoundAbout}>
      <div>
        <Link to="/" className={buttonLook('primary')}>
          {w.toStart}
        </Link>
      </div>
    </Page>
  )
}

export function NoRight() {
  const w = useWords(shellWords)
  return <Empty title={w.noRight}>{w.noRightAbout}</Empty>
}
