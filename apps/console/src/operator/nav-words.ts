import { words } from '../words/words.ts'

export const operatorNavWords = words({ today: 'Today' }, { today: '今日' })
