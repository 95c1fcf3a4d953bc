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
