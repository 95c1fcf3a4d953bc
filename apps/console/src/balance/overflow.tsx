import { balanceSchema } from '@codeplan/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { sent } from '../account/entrance.tsx'
import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { Button, Card, Field, Switch, toast, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { balanceQuery, type Balance } from './balance-page.tsx'
import { balanceWords } from './words.ts'

export function Overflow({ balance }: { readonly balance: Balance }) {
  const w = useWords(balanceWords)
  const queries = useQueryClient()
  const { on, monthly_cap: cap } = balance.overflow
  const change = useMutation<Balance, Refusal, { readonly on: boolean; readonly monthly_cap: string | null }>({
    mutationFn: (body) => ask('/balance/overflow', balanceSchema, { method: 'PUT', body }),
    onSuccess: (now) => {
      queries.setQueryData(balanceQuery.queryKey, now)
      toast(w.saved)
    },
    onError: toastRefusal,
  })
  return (
    <Card>
      <Switch
        label={w.overflow}
        hint={w.overflowHint}
        on={on}
        disabled={change.isPending}
        onSwitch={(next) => change.mutate({ on: next, monthly_cap: cap })}
      />
      {on ? (
        <form
          className="mt-5 flex flex-wrap items-end gap-3 border-t pt-5"
          onSubmit={sent(({ cap: text = '' }) => change.mutate({ on, monthly_cap: text.trim() || null }))}
        >
          <div className="w-64">
            <Field
              label={w.cap(balance.currency)}
              hint={w.capHint}
              name="cap"
              inputMode="decimal"
              defaultValue={cap ?? ''}
            />
          </div>
          <Button type="submit" busy={change.isPending} className="mb-7">
            {w.save}
          </Button>
        </form>
      ) : null}
    </Card>
  )
}
