import { Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { plansWords } from './words.ts'

export function PlansPage() {
  const w = useWords(plansWords)
  return <Page title={w.plans}>{null}</Page>
}
