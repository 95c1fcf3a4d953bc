import { meSchema, type Me } from '@codeplan/contract'
import { useMutation } from '@tanstack/react-query'

import { ask } from '../api/ask.ts'
import type { Refusal } from '../api/refusal.ts'
import { useMeChanged } from '../api/start.ts'
import { toast, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { profileWords } from './words.ts'

export type ProfileWish = Partial<Pick<Me, 'name' | 'zone' | 'usage_notices' | 'balance_notice'>>

export function useSaveProfile() {
  const w = useWords(profileWords)
  const meChanged = useMeChanged()
  return useMutation<Me, Refusal, ProfileWish>({
    mutationFn: (body) => ask('/account/profile', meSchema, { method: 'PATCH', body }),
    onSuccess: async (me) => {
      await meChanged(me)
      toast(w.saved)
    },
    onError: toastRefusal,
  })
}
