import { words } from '../words/words.ts'

export const plansWords = words({ plans: 'Plans' }, { plans: '套餐' })
