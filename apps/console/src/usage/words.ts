import { words } from '../words/words.ts'

export const usageWords = words(
  { usage: 'Usage', refused: 'Why was I refused?' },
  { usage: '用量', refused: '为什么被拒绝？' },
)
