import { CSPProvider } from '@base-ui/react/csp-provider'
import { Link, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'

import { useStart } from '../api/start.ts'
import { buttonLook, Skeleton, Toasts } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { BottomNav } from './bottom-nav.tsx'
import { Choices } from './choices.tsx'
import { ChosenLanguage } from './language-choice.tsx'
import { LookBanner } from './look-banner.tsx'
import { SideNav } from './side-nav.tsx'
import { shellWords } from './words.ts'

/** Around every page: the way to the others, at the side of a desk and at the bottom of a phone. */
export function Layout() {
  return (
    // The page's policy allows no style elements of scripts.
    <CSPProvider disableStyleElements>
      <ChosenLanguage>
        <Toasts>
          <Frame />
        </Toasts>
      </ChosenLanguage>
    </CSPProvider>
  )
}

function Frame() {
  const w = useWords(shellWords)
  const { me } = useStart()
  const main = (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto w-full max-w-[68rem] px-4 pt-6 pb-28 outline-none sm:px-8 lg:pt-10 lg:pb-16"
    >
      <Suspense fallback={<Skeleton className="h-[60dvh]" />}>
        <Outlet />
      </Suspense>
    </main>
  )
  return (
    <>
      <a
        href="#content"
        className="absolute top-2 left-2 z-20 -translate-y-20 rounded-md bg-accent px-4 py-2 text-on-accent focus:translate-y-0"
      >
        {w.skip}
      </a>
      <LookBanner />
      {me ? (
        <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
          <SideNav />
          <TopBar />
          {main}
          <BottomNav />
        </div>
      ) : (
        <>
          <VisitorBar />
          {main}
        </>
      )}
    </>
  )
}

export function Brand() {
  const { operator } = useStart()
  return (
    <Link to="/" className="flex min-w-0 items-center gap-2.5 text-ink no-underline">
      <svg aria-hidden="true" width="28" height="28" viewBox="0 0 32 32" className="shrink-0">
        <rect width="32" height="32" rx="8" fill="var(--color-accent)" />
        <path
          d="M21 11a7 7 0 1 0 0 10"
          fill="none"
          stroke="var(--color-on-accent)"
          strokeWidth="3.4"
          strokeLinecap="round"
        />
        <circle cx="22.5" cy="16" r="2.2" fill="var(--color-on-accent)" />
      </svg>
      <span className="truncate font-semibold tracking-tight">{operator.name}</span>
    </Link>
  )
}

function TopBar() {
  return (
    <div className="flex h-14 items-center justify-between border-b bg-card px-4 lg:hidden">
      <Brand />
      <Choices />
    </div>
  )
}

function VisitorBar() {
  const w = useWords(shellWords)
  const { sign_up: open } = useStart()
  return (
    <header className="border-b bg-card">
      <nav aria-label={w.main} className="mx-auto flex h-14 max-w-[68rem] items-center gap-2 px-4 sm:px-8">
        <div className="mr-auto min-w-0">
          <Brand />
        </div>
        <Choices />
        <Link to="/account/sign-in" className={buttonLook(open ? 'plain' : 'primary', 'small')}>
          {w.signIn}
        </Link>
        {open ? (
          <Link to="/account/sign-up" className={buttonLook('primary', 'small')}>
            {w.signUp}
          </Link>
        ) : null}
      </nav>
    </header>
  )
}
