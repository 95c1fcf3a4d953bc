import { Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usageWords } from './words.ts'

export function UsagePage() {
  const w = useWords(usageWords)
  return <Page title={w.usage}>{null}</Page>
}
