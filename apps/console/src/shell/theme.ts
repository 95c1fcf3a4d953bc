import { useState } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const YEAR_SEC = 31_536_000

const themeNow = (): Theme => THEMES.find((theme) => theme === document.documentElement.dataset['theme']) ?? 'system'

/** A cookie, not a store of the browser: the server writes it into the page, so that nothing flashes. */
function keep(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  const age = theme === 'system' ? 0 : YEAR_SEC
  // oxlint-disable-next-line unicorn/no-document-cookie
  document.cookie = `codeplan_theme=${theme}; path=/; max-age=${age}; samesite=lax`
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(themeNow)
  return [
    theme,
    (chosen) => {
      keep(chosen)
      setTheme(chosen)
    },
  ]
}
