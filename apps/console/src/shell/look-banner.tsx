import { useMutation } from '@tanstack/react-query'

import { ask, nothing } from '../api/ask.ts'
import { useStart } from '../api/start.ts'
import { Button, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { shellWords } from './words.ts'

/** Above every page while an operator looks with a member's eyes, so that he never takes it for his own. */
export function LookBanner() {
  const w = useWords(shellWords)
  const { me, looked_at_by: by } = useStart()
  const leave = useMutation({
    mutationFn: () => ask('/account/look', nothing, { method: 'DELETE' }),
    // Everything in memory is the member's: the page begins anew.
    onSuccess: () => window.location.assign(`/operator/members/${me?.id}`),
    onError: toastRefusal,
  })
  if (!me || by === null) return null
  return (
    <div
      role="status"
      className="sticky top-0 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 bg-ink px-4 py-2 text-sm text-paper"
    >
      <span>{w.looking(me.name || me.email)}</span>
      <Button size="small" busy={leave.isPending} onClick={() => leave.mutate()}>
        {w.leaveLook}
      </Button>
    </div>
  )
}
