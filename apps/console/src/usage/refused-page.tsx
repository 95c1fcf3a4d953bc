import { Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usageWords } from './words.ts'

export function RefusedPage() {
  const w = useWords(usageWords)
  return <Page title={w.refused}>{null}</Page>
}
