import { words } from '../words/words.ts'

/** Words for what plans are made of: also on the checkout, the subscription and the tools. */
export const termsWords = words(
  {
    cycle: { month: 'month', quarter: 'quarter', year: 'year' },
    byCycle: { month: 'Monthly', quarter: 'Quarterly', year: 'Yearly' },
    perCycle: { month: 'a month', quarter: 'a quarter', year: 'a year' },
    unit: { prompts: 'prompts', credits: 'credits' },
    per: (hours: number) =>
      hours === 168 ? 'per week' : hours % 24 === 0 ? `per ${hours / 24} days` : `per ${hours} hours`,
    window: (hours: number) => (hours === 168 ? 'Week' : hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`),
    tool: { vision: 'Vision', web_search: 'Web search', web_reader: 'Web reading' } as Readonly<Record<string, string>>,
    toolDraws: 'from the plan',
    toolCalls: (calls: string, per: 'month' | 'once') => (per === 'month' ? `${calls} a month` : `${calls} to try`),
  },
  {
    cycle: { month: '月', quarter: '季', year: '年' },
    byCycle: { month: '按月', quarter: '按季', year: '按年' },
    perCycle: { month: '每月', quarter: '每季', year: '每年' },
    unit: { prompts: '次提问', credits: '积分' },
    per: (hours: number) => (hours === 168 ? '每周' : hours % 24 === 0 ? `每 ${hours / 24} 天` : `每 ${hours} 小时`),
    window: (hours: number) => (hours === 168 ? '每周' : hours % 24 === 0 ? `${hours / 24} 天` : `${hours} 小时`),
    tool: { vision: '视觉理解', web_search: '联网搜索', web_reader: '网页读取' },
    toolDraws: '计入套餐用量',
    toolCalls: (calls: string, per: 'month' | 'once') => (per === 'month' ? `每月 ${calls} 次` : `试用 ${calls} 次`),
  },
)
