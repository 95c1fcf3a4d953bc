import { Button, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { accountWords } from './words.ts'

export function LetterSent({ text, again }: { readonly text: string; readonly again: () => void }) {
  const w = useWords(accountWords)
  return (
    <>
      <Notice tone="good" title={w.letterSent}>
        <p>{text}</p>
      </Notice>
      <p className="text-sm text-soft">{w.noLetter}</p>
      <Button onClick={again}>{w.again}</Button>
    </>
  )
}
