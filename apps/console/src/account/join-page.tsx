import { PASSWORD_LENGTH } from '@codeplan/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { z } from 'zod'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { startQuery, useStart } from '../api/start.ts'
import { Button, buttonLook, Field, Notice, toast } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Entrance, NoToken, sent } from './entrance.tsx'
import { accountWords } from './words.ts'

const route = getRouteApi('/team/join')
const joinedSchema = z.object({ team: z.string() })

/** An invitation is accepted by who is signed in, or by somebody new, whose account is made by it. */
export function JoinPage() {
  const w = useWords(accountWords)
  const { token } = route.useSearch()
  const { me } = useStart()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const join = useMutation<z.infer<typeof joinedSchema>, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) => ask('/teams/join', joinedSchema, { method: 'POST', body: { ...fields, token } }),
    onSuccess: async () => {
      await queries.fetchQuery({ ...startQuery, staleTime: 0 })
      toast(w.joined)
      await navigate({ to: '/usage' })
    },
  })
  if (!token) return <NoToken />
  return (
    <Entrance title={w.join} lead={w.joinLead}>
      <form className="grid gap-4" onSubmit={sent((fields) => join.mutate(fields))}>
        {me ? null : (
          <>
            <p className="text-sm text-soft">{w.joinNewHint}</p>
            <Field label={w.name} name="name" autoComplete="name" maxLength={100} />
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
          </>
        )}
        {join.error ? <Notice tone="bad">{join.error.message}</Notice> : null}
        <Button kind="primary" type="submit" busy={join.isPending}>
          {w.joinAction}
        </Button>
      </form>
      {me ? null : (
        <Link
          to="/account/sign-in"
          search={{ back: `/team/join?token=${encodeURIComponent(token)}` }}
          className={buttonLook('quiet')}
        >
          {w.haveAccount} {w.signIn}
        </Link>
      )}
    </Entrance>
  )
}
