import type { MultiplierRule } from '@codeplan/core'

import type { Language } from '../platform/index.ts'

interface SaleFacts {
  readonly starts: string
  readonly daily: string
  readonly zone: string
  readonly pieces: number
  readonly plans: string
}
type Change = { readonly at: string; readonly factor: number } | undefined

/** The words around figures: short, so that pages carry the sentences. */
export interface FigureWords {
  readonly comma: string
  readonly none: string
  readonly yes: string
  readonly notYet: string
  readonly plan: string
  readonly concurrency: string
  readonly model: string
  readonly modelId: string
  readonly context: string
  readonly output: string
  readonly images: string
  readonly holds: string
  readonly input: string
  readonly cached: string
  readonly outputPrice: string
  readonly asked: string
  readonly served: string
  readonly service: string
  readonly when: string
  readonly counts: string
  readonly everyModel: string
  readonly otherModels: string
  readonly always: string
  readonly allOnce: string
  readonly drawsPlan: string
  readonly saleOpen: string
  readonly cycles: Readonly<Record<'month' | 'quarter' | 'year', string>>
  readonly tools: Readonly<Record<string, string>>
  readonly weekdays: readonly string[]
  perHours(hours: number): string
  upTo(units: number, areCredits: boolean): string
  calls(calls: number, per: 'month' | 'once'): string
  tier(inputBelow: number | undefined, outputBelow: number | undefined): string
  daily(from: string, to: string, zone: string): string
  dates(from: string, to: string): string
  countsNow(model: string, factor: number, next: Change, zone: string): string
  saleLimited(facts: SaleFacts): string
}

const en: FigureWords = {
  comma: ', ',
  none: '–',
  yes: 'yes',
  notYet: 'not yet',
  plan: 'Plan',
  concurrency: 'Calls at the same time',
  model: 'Model',
  modelId: 'Name for tools',
  context: 'Context (tokens)',
  output: 'Longest answer (tokens)',
  images: 'Sees images',
  holds: 'For calls with',
  input: 'Input',
  cached: 'Cached input',
  outputPrice: 'Output',
  asked: 'The tool asks for',
  served: 'It gets',
  service: 'Service',
  when: 'When',
  counts: 'A call counts',
  everyModel: 'every model',
  otherModels: 'all others',
  always: 'always',
  allOnce: 'Every model counts once, at any time.',
  drawsPlan: 'counted as prompts of the plan',
  saleOpen: 'At present the sale is not limited: plans can be bought at any time.',
  cycles: { month: 'A month', quarter: 'A quarter', year: 'A year' },
  tools: { vision: 'Vision', web_search: 'Web search', web_reader: 'Web reader' },
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  perHours: (hours) => (hours === 168 ? 'A week' : hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`),
  upTo: (units, areCredits) => `up to ${units.toLocaleString('en')} ${areCredits ? 'credits' : 'prompts'}`,
  calls: (calls, per) => `${calls.toLocaleString('en')} calls ${per === 'month' ? 'a month' : 'to try it, once'}`,
  tier: (inputBelow, outputBelow) =>
    [
      inputBelow === undefined ? '' : `input below ${inputBelow.toLocaleString('en')}`,
      outputBelow === undefined ? '' : `output below ${outputBelow.toLocaleString('en')}`,
    ]
      .filter((part) => part !== '')
      .join(', ') || 'any length (above)',
  daily: (from, to, zone) => `${from}–${to} (${zone})`,
  dates: (from, to) => `${from} to ${to}`,
  countsNow: (model, factor, next, zone) =>
    `${model} counts ${factor}× now${next ? `, and ${next.factor}× from ${next.at} (${zone})` : ''}.`,
  saleLimited: ({ starts, daily, zone, pieces, plans }) =>
    `The sale has been limited since ${starts}. New pieces are released every day at ${daily} (${zone}): ${pieces} of each plan (${plans}), the same number for all.`,
}

const zh: FigureWords = {
  comma: '、',
  none: '–',
  yes: '支持',
  notYet: '暂不支持',
  plan: '套餐',
  concurrency: '同时进行的调用数',
  model: '模型',
  modelId: '工具中填写的名称',
  context: '上下文（token）',
  output: '最长输出（token）',
  images: '识别图片',
  holds: '适用于',
  input: '输入',
  cached: '缓存输入',
  outputPrice: '输出',
  asked: '工具请求的模型',
  served: '实际使用',
  service: '服务',
  when: '时段',
  counts: '每次调用计',
  everyModel: '所有模型',
  otherModels: '其他模型',
  always: '全天',
  allOnce: '所有模型全天按 1 倍计。',
  drawsPlan: '按套餐的提问次数计',
  saleOpen: '目前不限量，可随时购买。',
  cycles: { month: '月付', quarter: '季付', year: '年付' },
  tools: { vision: '视觉理解', web_search: '联网搜索', web_reader: '网页读取' },
  weekdays: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  perHours: (hours) => (hours === 168 ? '每周' : hours % 24 === 0 ? `每 ${hours / 24} 天` : `每 ${hours} 小时`),
  upTo: (units, areCredits) => `最多 ${units.toLocaleString('en')} ${areCredits ? '积分' : '次提问'}`,
  calls: (calls, per) =>
    per === 'month' ? `每月 ${calls.toLocaleString('en')} 次` : `试用 ${calls.toLocaleString('en')} 次`,
  tier: (inputBelow, outputBelow) =>
    [
      inputBelow === undefined ? '' : `输入少于 ${inputBelow.toLocaleString('en')}`,
      outputBelow === undefined ? '' : `输出少于 ${outputBelow.toLocaleString('en')}`,
    ]
      .filter((part) => part !== '')
      .join('，') || '其余长度',
  daily: (from, to, zone) => `${from}–${to}（${zone}）`,
  dates: (from, to) => `${from} 至 ${to}`,
  countsNow: (model, factor, next, zone) =>
    `${model} 现在按 ${factor} 倍计${next ? `，${next.at}（${zone}）起按 ${next.factor} 倍计` : ''}。`,
  saleLimited: ({ starts, daily, zone, pieces, plans }) =>
    `自 ${starts} 起限量发售。每天 ${daily}（${zone}）释放新库存，${plans} 数量相同，各 ${pieces} 份。`,
}

export const WORDS: Readonly<Record<Language, FigureWords>> = { en, zh }

/** `14:00` of a minute of the day. */
export const hourText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** When a rule of the catalog holds. */
export function spanWords({ daily, weekdays, dates, zone }: MultiplierRule, words: FigureWords): string {
  const parts = [
    dates && words.dates(dates.from, dates.to),
    weekdays && weekdays.map((day) => words.weekdays[day - 1] ?? '').join(words.comma),
    daily && words.daily(hourText(daily.fromMinute), hourText(daily.toMinute), zone),
  ]
  return parts.filter((part) => part !== undefined).join(words.comma) || words.always
}
