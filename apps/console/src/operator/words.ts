import { words } from '../words/words.ts'

export const operatorWords = words(
  {
    today: 'Today',
    lead: 'What is on sale, what is left, and who waits.',
    stock: 'Stock',
    plan: 'Plan',
    left: 'Left',
    waiting: 'Waiting',
    next: 'Next release',
    notLimited: 'not limited',
    paused: 'paused',
    none: 'none planned',
    pieces: (n: string, at: string) => `${n} on ${at}`,
  },
  {
    today: '今日',
    lead: '在售情况、余量与排队人数。',
    stock: '库存',
    plan: '套餐',
    left: '余量',
    waiting: '排队',
    next: '下次放量',
    notLimited: '不限量',
    paused: '暂停销售',
    none: '暂无安排',
    pieces: (n: string, at: string) => `${at} 放出 ${n} 份`,
  },
)
