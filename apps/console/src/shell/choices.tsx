import { Icon, Named } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { useChooseLanguage } from './language-choice.tsx'
import { THEMES, useTheme } from './theme.ts'
import { shellWords } from './words.ts'

const BUTTON =
  'inline-flex h-9 items-center justify-center rounded-md px-2 text-sm whitespace-nowrap text-soft hover:bg-sunk hover:text-ink'

/** Language, and light or dark: within reach on every page, also before one has signed in. */
export function Choices() {
  const w = useWords(shellWords)
  const language = useLanguage()
  const choose = useChooseLanguage()
  const [theme, setTheme] = useTheme()
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  return (
    <div className="flex items-center">
      <button
        type="button"
        className={BUTTON}
        lang={language === 'en' ? 'zh-CN' : 'en'}
        title={w.otherLanguageName}
        onClick={() => choose(language === 'en' ? 'zh' : 'en')}
      >
        {w.otherLanguage}
      </button>
      <button type="button" className={BUTTON} title={w.theme[theme]} onClick={() => setTheme(next)}>
        <Icon name={theme} />
        <Named>{w.theme[theme]}</Named>
      </button>
    </div>
  )
}
