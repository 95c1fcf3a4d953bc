import { letterSentSchema, PASSWORD_LENGTH } from '@codeplan/contract'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { useStart } from '../api/start.ts'
import { Button, Field, Notice } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { Entrance, sent } from './entrance.tsx'
import { LetterSent } from './letter-sent.tsx'
import { accountWords } from './words.ts'

export function SignUpPage() {
  const w = useWords(accountWords)
  const language = useLanguage()
  const { sign_up: open } = useStart()
  const signUp = useMutation<z.infer<typeof letterSentSchema>, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) =>
      ask('/account/sign_up', letterSentSchema, { method: 'POST', body: { ...fields, language } }),
  })
  if (!open)
    return (
      <Entrance title={w.signUp}>
        <Notice>{w.closed}</Notice>
      </Entrance>
    )
  return (
    <Entrance title={w.signUp}>
      {signUp.isSuccess ? (
        <LetterSent text={w.verifyLetter(signUp.variables['email'] ?? '')} again={signUp.reset} />
      ) : (
        <form className="grid gap-4" onSubmit={sent((fields) => signUp.mutate(fields))}>
          <Field label={w.email} name="email" type="email" autoComplete="username" required />
          <Field
            label={w.password}
            hint={w.passwordHint(PASSWORD_LENGTH.min)}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={PASSWORD_LENGTH.min}
            maxLength={PASSWORD_LENGTH.max}
            required
          />
          <Field label={w.name} hint={w.nameHint} name="name" autoComplete="name" maxLength={100} />
          {signUp.error ? <Notice tone="bad">{signUp.error.message}</Notice> : null}
          <Button kind="primary" type="submit" busy={signUp.isPending}>
            {w.signUp}
          </Button>
        </form>
      )}
      <p className="text-sm">
        {w.haveAccount}{' '}
        <Link to="/account/sign-in" className="link">
          {w.signIn}
        </Link>
      </p>
    </Entrance>
  )
}
