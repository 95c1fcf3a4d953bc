import { meSchema, providerSchema, type Me } from '@codeplan/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { z } from 'zod'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { useMeChanged, useStart } from '../api/start.ts'
import { Button, buttonLook, Field, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Entrance, sent } from './entrance.tsx'
import { accountWords } from './words.ts'

const route = getRouteApi('/account/sign-in')

/** Back to where one came from, on this server only. */
export const backOf = (back: string | undefined): string => (back && /^\/(?![/\\])/.test(back) ? back : '/')

export function useWelcome(back?: string) {
  const router = useRouter()
  const meChanged = useMeChanged()
  return async (me: Me): Promise<void> => {
    await meChanged(me)
    router.history.push(backOf(back))
  }
}

export function SignInPage() {
  const w = useWords(accountWords)
  const { back, refused } = route.useSearch()
  const { sign_up: open } = useStart()
  const welcome = useWelcome(back)
  const signIn = useMutation<Me, Refusal, Readonly<Record<string, string>>>({
    mutationFn: (fields) => ask('/account/sign_in', meSchema, { method: 'POST', body: fields }),
    onSuccess: welcome,
  })
  const asksCode =
    signIn.error?.code === 'code_needed' || (signIn.error?.code === 'wrong_code' && !!signIn.variables?.['code'])
  const reasons: Readonly<Record<string, string>> = w.refused
  return (
    <Entrance title={w.signIn}>
      {refused ? <Notice tone="bad">{reasons[refused] ?? w.refused.other}</Notice> : null}
      <Providers back={backOf(back)} />
      <form className="grid gap-4" onSubmit={sent((fields) => signIn.mutate(fields))}>
        <Field label={w.email} name="email" type="email" autoComplete="username" required />
        <Field label={w.password} name="password" type="password" autoComplete="current-password" required />
        {asksCode ? (
          <Field label={w.code} hint={w.codeHint} name="code" autoComplete="one-time-code" required autoFocus />
        ) : null}
        {signIn.error && signIn.error.code !== 'code_needed' ? (
          <Notice tone="bad">{signIn.error.message}</Notice>
        ) : null}
        <Button kind="primary" type="submit" busy={signIn.isPending}>
          {w.signIn}
        </Button>
      </form>
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm">
        <Link to="/account/reset" className="link">
          {w.forgotten}
        </Link>
        {open ? (
          <Link to="/account/sign-up" search={back ? { back } : {}} className="link">
            {w.noAccount} {w.signUp}
          </Link>
        ) : null}
      </div>
    </Entrance>
  )
}

function Providers({ back }: { readonly back: string }) {
  const w = useWords(accountWords)
  const { data } = useQuery({
    queryKey: ['sso'],
    queryFn: ({ signal }) => ask('/sso/providers', z.object({ providers: z.array(providerSchema) }), { signal }),
  })
  if (!data || data.providers.length === 0) return null
  return (
    <>
      {data.providers.map(({ id, name, ready }) =>
        ready ? (
          <a
            key={id}
            href={`/api/console/v1/sso/${id}/start?back=${encodeURIComponent(back)}`}
            className={buttonLook('quiet')}
          >
            {w.with(name)}
          </a>
        ) : (
          <p key={id} className="text-sm text-soft">
            {w.notReady(name)}
          </p>
        ),
      )}
      <p className="text-center text-sm text-soft">{w.or}</p>
    </>
  )
}
