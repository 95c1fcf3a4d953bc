import type { ReactNode } from 'react'

const PATHS = {
  plans: 'M4 7h16M4 12h16M4 17h10',
  usage: 'M5 20v-7M12 20V4M19 20v-11',
  setup: 'm8 8-4 4 4 4M16 8l4 4-4 4M13.5 5l-3 14',
  keys: 'M14.5 9.5a4.5 4.5 0 1 1-4.2-4.5 4.5 4.5 0 0 1 4.2 4.5ZM13.5 12.5 20 19m-2.5-2.5 2-2',
  tools: 'M14 7a4 4 0 0 0-5 5L4 17l3 3 5-5a4 4 0 0 0 5-5l-2.5 2.5-2.5-.5-.5-2.5Z',
  refused: 'M12 4 3 19.5h18ZM12 10v4.5M12 17v.3',
  subscription: 'M20 11a8 8 0 0 0-14-4L4 9m0-5v5h5M4 13a8 8 0 0 0 14 4l2-2m0 5v-5h-5',
  balance: 'M4 7.5h13a3 3 0 0 1 3 3V17a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6.5A1.5 1.5 0 0 1 5.5 5H16M16 13.5h.5',
  team: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5.5M17.5 14a5 5 0 0 1 3 5',
  profile: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0',
  operator: 'M4 6h10M18 6h2M4 12h4M12 12h8M4 18h12M16 4v4M10 10v4M18 16v4',
  orders: 'M6 4h12v16l-3-2-3 2-3-2-3 2ZM9 9h6M9 13h6',
  releases: 'M4 6.5h16V20H4ZM4 11h16M8.5 4v4M15.5 4v4',
  catalog: 'M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13.5H7A2 2 0 0 0 5 19.5ZM5 19.5A1.5 1.5 0 0 0 6.5 21H19v-3.5M9 8h6',
  upstreams: 'M4 5h16v6H4ZM4 13h16v6H4ZM7.5 8h.3M7.5 16h.3',
  economics: 'M4 19h16M6 16l4-5 3 3 5-7M18 7h-3.5M18 7v3.5',
  policy: 'M12 3.5 5 6v5.5c0 4 2.8 7.2 7 9 4.2-1.8 7-5 7-9V6ZM9 12l2 2 4-4',
  audit: 'M6 3.5h9l4 4V20.5H6ZM9.5 12h6M9.5 16h6M9.5 8h2',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'm6 6 12 12M18 6 6 18',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'm5 12.5 4.5 4.5L19 7',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1',
  dark: 'M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5Z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  out: 'M10 5H5v14h5M14 8l4 4-4 4M18 12H9',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4.5l3 1.5',
  arrow: 'M5 12h13m-5-5 5 5-5 5',
  down: 'm7 10 5 5 5-5',
} as const
export type IconName = keyof typeof PATHS

/** Beside words that say the same, so it is hidden from readers of the screen. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

/** Its own name, read aloud: for a button that shows nothing else. */
export const Named = ({ children }: { readonly children: ReactNode }) => <span className="sr-only">{children}</span>
