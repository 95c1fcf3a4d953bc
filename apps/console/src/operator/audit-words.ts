import { words } from '../words/words.ts'

export const auditWords = words(
  {
    title: 'Audit',
    lead: 'Everything that was done in the operator’s name. Nothing of it can be changed or taken away.',
    at: 'When',
    action: 'Deed',
    whom: 'About',
    change: 'What changed',
    why: 'Why',
    by: 'By',
    commandLine: 'command line',
    filter: 'About (an id, a plan, an upstream)',
  },
  {
    title: '审计',
    lead: '以运营方名义进行的全部操作，记录不可修改或删除。',
    at: '时间',
    action: '操作',
    whom: '对象',
    change: '变化',
    why: '原因',
    by: '操作人',
    commandLine: '命令行',
    filter: '对象（ID、套餐或上游）',
  },
)
