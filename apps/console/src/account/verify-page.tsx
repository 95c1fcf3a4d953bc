import { meSchema, type Me } from '@codeplan/contract'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { Button, Field, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Entrance, NoToken, sent } from './entrance.tsx'
import { useWelcome } from './sign-in-page.tsx'
import { accountWords } from './words.ts'

const route = getRouteApi('/account/verify')

export function VerifyPage() {
  const w = useWords(accountWords)
  const { token } = route.useSearch()
  const welcome = useWelcome('/plans')
  const verify = useMutation<Me, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) => ask('/account/verify', meSchema, { method: 'POST', body: { ...fields, token } }),
    onSuccess: welcome,
  })
  if (!token) return <NoToken />
  return (
    <Entrance title={w.verify} lead={w.verifyLead}>
      <form className="grid gap-4" onSubmit={sent((fields) => verify.mutate(fields))}>
        <Field label={w.password} name="password" type="password" autoComplete="current-password" required />
        {verify.error ? <Notice tone="bad">{verify.error.message}</Notice> : null}
        <Button kind="primary" type="submit" busy={verify.isPending}>
          {w.confirm}
        </Button>
      </form>
    </Entrance>
  )
}
