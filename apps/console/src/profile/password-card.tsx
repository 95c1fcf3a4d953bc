import { PASSWORD_LENGTH } from '@codeplan/contract'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'

import { sent } from '../account/entrance.tsx'
import { ask, nothing } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { useMe } from '../api/start.ts'
import { Button, Card, Field, Notice, toast } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { profileWords } from './words.ts'

export function PasswordCard() {
  const w = useWords(profileWords)
  const { has_password: hasPassword, email } = useMe()
  const form = useRef<HTMLFormElement>(null)
  const change = useMutation<null, Refusal, Readonly<Record<string, string>>>({
    mutationFn: ({ current, password }) =>
      ask('/account/password', nothing, { method: 'POST', body: { current, password } }),
    onSuccess: () => {
      form.current?.reset()
      toast(w.changed)
    },
  })
  return (
    <Card title={w.password}>
      {hasPassword ? (
        <form ref={form} className="grid gap-4" onSubmit={sent((fields) => change.mutate(fields))}>
          {/* For managers of passwords, which want to know whose it is. */}
          <input type="hidden" name="username" autoComplete="username" value={email} />
          <Field label={w.current} name="current" type="password" autoComplete="current-password" required />
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
          {change.error ? <Notice tone="bad">{change.error.message}</Notice> : null}
          <div>
            <Button type="submit" busy={change.isPending}>
              {w.change}
            </Button>
          </div>
        </form>
      ) : (
        <p className="text-soft">{w.noPassword}</p>
      )}
    </Card>
  )
}
