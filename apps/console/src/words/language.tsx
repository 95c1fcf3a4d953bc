import { createContext, use, useEffect, type ReactNode } from 'react'

import { TAGS, type Language, type Words } from './words.ts'

const KEPT = 'codeplan-language'
const LanguageContext = createContext<Language>('en')

/** Before anybody is known: what was chosen here, else what the browser prefers. */
export function languageOfBrowser(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** The next visit begins in this language, also before anybody has signed in. */
export const keepLanguage = (language: Language): void => localStorage.setItem(KEPT, language)

export function LanguageProvider({
  language,
  children,
}: {
  readonly language: Language
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.documentElement.lang = TAGS[language]
  }, [language])
  return <LanguageContext value={language}>{children}</LanguageContext>
}

export const useLanguage = (): Language => use(LanguageContext)

export function useWords<T>(all: Words<T>): T {
  return all[useLanguage()]
}
