import { Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { LettersCard } from './letters-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { TwoStepCard } from './two-step-card.tsx'
import { profileWords } from './words.ts'
import { YouCard } from './you-card.tsx'

export function ProfilePage() {
  const w = useWords(profileWords)
  return (
    <Page title={w.title} lead={w.lead}>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <YouCard />
        <LettersCard />
        <PasswordCard />
        <TwoStepCard />
      </div>
      <SessionsCard />
    </Page>
  )
}
