import { meSchema } from '@codeplan/contract'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useState, type ReactNode } from 'react'

import { ask, speak } from '../api/ask.ts'
import { useMeChanged, useStart } from '../api/start.ts'
import { keepLanguage, languageOfBrowser, LanguageProvider } from '../words/language.tsx'
import type { Language } from '../words/words.ts'

const ChooseContext = createContext<(language: Language) => void>(() => undefined)
export const useChooseLanguage = () => use(ChooseContext)

/** The language of whoever is signed in, else the one of this browser. A switch is kept in both, and nothing is loaded anew. */
export function ChosenLanguage({ children }: { readonly children: ReactNode }) {
  const { me } = useStart()
  const queries = useQueryClient()
  const meChanged = useMeChanged()
  const [chosen, setChosen] = useState<Language>()
  const language = chosen ?? me?.language ?? languageOfBrowser()
  speak(language)
  const choose = (next: Language): void => {
    setChosen(next)
    keepLanguage(next)
    speak(next)
    // Words of the server come in the language in which they were asked for.
    if (me) void tell(next)
  }
  const tell = async (next: Language): Promise<void> => {
    await meChanged(await ask('/account/profile', meSchema, { method: 'PATCH', body: { language: next } }))
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'start' })
  }
  return (
    <LanguageProvider language={language}>
      <ChooseContext value={choose}>{children}</ChooseContext>
    </LanguageProvider>
  )
}
