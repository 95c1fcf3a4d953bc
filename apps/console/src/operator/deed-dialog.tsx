import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'

import { sent } from '../account/entrance.tsx'
import type { Refusal } from '../api/refusal.ts'
import { newRequestKey } from '../api/request-key.ts'
import { useMe } from '../api/start.ts'
import { Button, Dialog, Field, Notice, toast, type ButtonProps } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { piecesWords } from './pieces-words.ts'

export type Fields = Readonly<Record<string, string>>

export interface DeedProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly verb: string
  readonly kind?: ButtonProps['kind']
  /** What is asked beside the reason; controls with names. */
  readonly children?: ReactNode
  /** `requestKey` names this wish for as long as the dialog is open: asked again after a lost answer, it is done once. */
  readonly onDo: (fields: Fields, requestKey: string) => Promise<unknown>
}

/** Something that is done in the operator's name: it always asks why, and says what the server has against it. */
export function DeedDialog({ open, onClose, title, verb, kind = 'primary', children, onDo }: DeedProps) {
  const w = useWords(piecesWords)
  const form = useId()
  const queries = useQueryClient()
  const [requestKey, setRequestKey] = useState(newRequestKey)
  const deed = useMutation<unknown, Refusal, Fields>({
    mutationFn: (fields) => onDo(fields, requestKey),
    onSuccess: async () => {
      toast(w.done)
      close()
      await queries.invalidateQueries({ queryKey: ['admin'] })
    },
  })
  const close = (): void => {
    deed.reset()
    setRequestKey(newRequestKey())
    onClose()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      actions={
        <>
          <Button kind="plain" onClick={close}>
            {w.cancel}
          </Button>
          <Button kind={kind} type="submit" form={form} busy={deed.isPending}>
            {verb}
          </Button>
        </>
      }
    >
      <form id={form} className="grid gap-4" onSubmit={sent((fields) => deed.mutate(fields))}>
        {children}
        <Field label={w.why} hint={w.whyHint} name="why" required minLength={3} maxLength={500} autoComplete="off" />
      </form>
      {deed.error ? <Notice tone="bad" title={deed.error.message} /> : null}
    </Dialog>
  )
}

/** What costs money, or touches everybody, is an operator's; support sees it, and that it is not for them. */
export function OperatorButton(props: ButtonProps) {
  const w = useWords(piecesWords)
  const may = useMe().role === 'operator'
  return <Button {...props} disabled={!may || props.disabled} title={may ? props.title : w.operatorOnly} />
}
