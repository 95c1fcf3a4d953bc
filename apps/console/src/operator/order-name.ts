import type { AdminOrder } from '@codeplan/contract'

import { usePlanName } from '../plans/plan-name.ts'
import { useWords } from '../words/language.tsx'
import { ordersWords } from './orders-words.ts'

/** `Purchase · Pro · a month`: what an order is for. */
export function useOrderName(): (order: Pick<AdminOrder, 'kind' | 'plan' | 'cycle'>) => string {
  const w = useWords(ordersWords)
  const planName = usePlanName()
  return ({ kind, plan, cycle }) =>
    [w.kinds[kind], plan && planName(plan), cycle && w.cycles[cycle]].filter(Boolean).join(' · ')
}
