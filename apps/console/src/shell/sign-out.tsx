import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'

import { ask, nothing } from '../api/ask.ts'
import { useMeChanged, useStart } from '../api/start.ts'
import { Icon, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { shellWords } from './words.ts'

export function SignOut() {
  const w = useWords(shellWords)
  const navigate = useNavigate()
  const meChanged = useMeChanged()
  const { looked_at_by: by } = useStart()
  const out = useMutation({
    mutationFn: () => ask('/account/sign_out', nothing, { method: 'POST' }),
    onSuccess: async () => {
      await navigate({ to: '/plans' })
      await meChanged(null)
    },
    onError: toastRefusal,
  })
  // Who only looks leaves by the banner.
  if (by !== null) return null
  return (
    <button
      type="button"
      onClick={() => out.mutate()}
      className="flex h-9 items-center gap-3 rounded-md px-3 whitespace-nowrap text-soft hover:bg-sunk hover:text-ink"
    >
      <Icon name="out" />
      {w.signOut}
    </button>
  )
}
