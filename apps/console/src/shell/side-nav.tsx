import { Link } from '@tanstack/react-router'

import { useMe, useStart } from '../api/start.ts'
import { Icon } from '../ui/index.ts'
import { useLanguage } from '../words/language.tsx'
import { Choices } from './choices.tsx'
import { Brand } from './layout.tsx'
import { groupsFor } from './nav.ts'
import { SignOut } from './sign-out.tsx'

export function SideNav() {
  const me = useMe()
  return (
    <div className="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r bg-card px-3 py-4 lg:flex">
      <div className="px-3 pb-4">
        <Brand />
      </div>
      <Groups />
      <div className="mt-auto border-t pt-3">
        <p className="truncate px-3 text-sm text-soft" title={me.email}>
          {me.name || me.email}
        </p>
        <div className="mt-1 flex items-center justify-between">
          <SignOut />
          <Choices />
        </div>
      </div>
    </div>
  )
}

/** All ways, in groups; `onGo` closes the drawer that they may stand in. */
export function Groups({ onGo }: { readonly onGo?: () => void }) {
  const language = useLanguage()
  const { teams } = useStart()
  const { role } = useMe()
  return groupsFor({ role, teams }).map(({ name, entries }, i) => (
    <nav key={entries[0]?.to} aria-label={name(language)} className="pb-4">
      {i > 0 ? <p className="px-3 pb-1 text-xs font-medium text-soft">{name(language)}</p> : null}
      <ul>
        {entries.map(({ to, icon, text }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={onGo}
              activeOptions={{ exact: to === '/operator' }}
              className="flex h-9 items-center gap-3 rounded-md px-3 text-ink no-underline hover:bg-sunk data-[status=active]:bg-tint data-[status=active]:font-medium data-[status=active]:text-accent"
            >
              <Icon name={icon} />
              <span className="truncate">{text(language)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  ))
}
