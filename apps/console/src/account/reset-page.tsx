import { letterSentSchema, PASSWORD_LENGTH } from '@codeplan/contract'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { z } from 'zod'

import { ask, nothing } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { useMeChanged } from '../api/start.ts'
import { Button, Field, Notice, toast } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Entrance, sent } from './entrance.tsx'
import { LetterSent } from './letter-sent.tsx'
import { accountWords } from './words.ts'

const route = getRouteApi('/account/reset')

/** Without a token it asks for the letter, with the one of the letter it sets the password. */
export function ResetPage() {
  const { token } = route.useSearch()
  return token ? <SetPassword token={token} /> : <AskLetter />
}

function AskLetter() {
  const w = useWords(accountWords)
  const letter = useMutation<z.infer<typeof letterSentSchema>, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) => ask('/account/reset', letterSentSchema, { method: 'POST', body: fields }),
  })
  return (
    <Entrance title={w.reset} lead={w.resetLead}>
      {letter.isSuccess ? (
        <LetterSent text={w.resetLetter(letter.variables['email'] ?? '')} again={letter.reset} />
      ) : (
        <form className="grid gap-4" onSubmit={sent((fields) => letter.mutate(fields))}>
          <Field label={w.email} name="email" type="email" autoComplete="username" required />
          {letter.error ? <Notice tone="bad">{letter.error.message}</Notice> : null}
          <Button kind="primary" type="submit" busy={letter.isPending}>
            {w.sendLetter}
          </Button>
        </form>
      )}
    </Entrance>
  )
}

function SetPassword({ token }: { readonly token: string }) {
  const w = useWords(accountWords)
  const navigate = useNavigate()
  const meChanged = useMeChanged()
  const set = useMutation<null, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) => ask('/account/reset/confirm', nothing, { method: 'POST', body: { ...fields, token } }),
    onSuccess: async () => {
      await meChanged(null)
      toast(w.resetDone)
      await navigate({ to: '/account/sign-in' })
    },
  })
  return (
    <Entrance title={w.reset} lead={w.resetConfirmLead}>
      <form className="grid gap-4" onSubmit={sent((fields) => set.mutate(fields))}>
        <Field
          label={w.newPassword}
          hint={w.passwordHint(PASSWORD_LENGTH.min)}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={PASSWORD_LENGTH.min}
          maxLength={PASSWORD_LENGTH.max}
          required
        />
        {set.error ? <Notice tone="bad">{set.error.message}</Notice> : null}
        <Button kind="primary" type="submit" busy={set.isPending}>
          {w.setPassword}
        </Button>
      </form>
    </Entrance>
  )
}
