import { recoveryCodesSchema, totpBegunSchema } from '@codeplan/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { z } from 'zod'

import { sent } from '../account/entrance.tsx'
import { ask, nothing } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { startQuery, useMe } from '../api/start.ts'
import { useAmounts } from '../format/amounts.ts'
import { Button, Card, Code, Dialog, Field, Notice, Skeleton } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { profileWords } from './words.ts'

const QrCode = lazy(() => import('./qr-code.tsx'))

type Fields = Readonly<Record<string, string>>
type Begun = z.infer<typeof totpBegunSchema>
type Codes = z.infer<typeof recoveryCodesSchema>
type Open = 'begin' | 'renew' | 'off'

/** A second step of the sign-in. Each change asks for the password: a stolen session alone changes nothing. */
export function TwoStepCard() {
  const w = useWords(profileWords)
  const { count } = useAmounts()
  const { totp, recovery_codes_left: left, has_password: hasPassword } = useMe()
  const [open, setOpen] = useState<Open>()
  if (!hasPassword) return null
  return (
    <Card title={w.twoStep}>
      <p className="mb-4 text-soft">{totp ? w.twoStepOn(count(left)) : w.twoStepOff}</p>
      <div className="flex flex-wrap gap-3">
        {totp ? (
          <>
            <Button onClick={() => setOpen('renew')}>{w.renew}</Button>
            <Button kind="danger" onClick={() => setOpen('off')}>
              {w.off}
            </Button>
          </>
        ) : (
          <Button kind="primary" onClick={() => setOpen('begin')}>
            {w.begin}
          </Button>
        )}
      </div>
      <Dialog open={open !== undefined} onClose={() => setOpen(undefined)} title={w.twoStep}>
        {open === 'begin' ? <Begin onDone={() => setOpen(undefined)} /> : null}
        {open === 'renew' ? <Renew onDone={() => setOpen(undefined)} /> : null}
        {open === 'off' ? <SwitchOff onDone={() => setOpen(undefined)} /> : null}
      </Dialog>
    </Card>
  )
}

/** What is known of oneself is asked anew after each change. */
function useTotp<T>(path: string, schema: z.ZodType<T>, refresh = true) {
  const queries = useQueryClient()
  return useMutation<T, Refusal, Fields>({
    mutationFn: (body) => ask(`/account/totp/${path}`, schema, { method: 'POST', body }),
    onSuccess: async () => {
      if (refresh) await queries.invalidateQueries({ queryKey: startQuery.queryKey })
    },
  })
}

interface Done {
  readonly onDone: () => void
}

function Begin({ onDone }: Done) {
  const w = useWords(profileWords)
  const begin = useTotp<Begun>('begin', totpBegunSchema, false)
  // The page of the codes stands until they are kept, so what is known of oneself is refreshed after it.
  const confirm = useTotp<Codes>('confirm', recoveryCodesSchema, false)
  if (confirm.data) return <KeepCodes codes={confirm.data.recovery_codes} onDone={onDone} />
  if (!begin.data) return <Ask submit={w.begin} error={begin.error} busy={begin.isPending} onSent={begin.mutate} />
  return (
    <>
      <p>{w.scan}</p>
      <Suspense fallback={<Skeleton className="mx-auto size-48" />}>
        <QrCode text={begin.data.uri} label={w.qr} />
      </Suspense>
      <Code text={begin.data.secret} label={w.secret} />
      <form className="grid gap-4" onSubmit={sent((fields) => confirm.mutate(fields))}>
        <Field
          label={w.code}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          fault={confirm.error?.message}
        />
        <Button kind="primary" type="submit" busy={confirm.isPending}>
          {w.confirm}
        </Button>
      </form>
    </>
  )
}

function Renew({ onDone }: Done) {
  const w = useWords(profileWords)
  const renew = useTotp<Codes>('recovery_codes', recoveryCodesSchema, false)
  if (renew.data) return <KeepCodes codes={renew.data.recovery_codes} onDone={onDone} />
  return <Ask withCode submit={w.renew} error={renew.error} busy={renew.isPending} onSent={renew.mutate} />
}

function SwitchOff({ onDone }: Done) {
  const w = useWords(profileWords)
  const off = useTotp('remove', nothing)
  return (
    <Ask
      withCode
      submit={w.off}
      error={off.error}
      busy={off.isPending}
      onSent={(fields) => off.mutate(fields, { onSuccess: onDone })}
    />
  )
}

function Ask(props: {
  readonly withCode?: boolean
  readonly submit: string
  readonly error: Refusal | null
  readonly busy: boolean
  readonly onSent: (fields: Fields) => void
}) {
  const w = useWords(profileWords)
  return (
    <form className="grid gap-4" onSubmit={sent(props.onSent)}>
      <Field label={w.current} name="password" type="password" autoComplete="current-password" required />
      {props.withCode ? <Field label={w.code} name="code" autoComplete="one-time-code" required /> : null}
      {props.error ? <Notice tone="bad">{props.error.message}</Notice> : null}
      <Button kind="primary" type="submit" busy={props.busy}>
        {props.submit}
      </Button>
    </form>
  )
}

function KeepCodes({ codes, onDone }: Done & { readonly codes: readonly string[] }) {
  const w = useWords(profileWords)
  const queries = useQueryClient()
  return (
    <>
      <Notice tone="warn" title={w.codesTitle}>
        <p>{w.codesAbout}</p>
      </Notice>
      <Code text={codes.join('\n')} label={w.codes} />
      <Button
        kind="primary"
        onClick={() => {
          void queries.invalidateQueries({ queryKey: startQuery.queryKey })
          onDone()
        }}
      >
        {w.done}
      </Button>
    </>
  )
}
