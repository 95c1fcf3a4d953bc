import { words } from '../words/words.ts'

export const piecesWords = words(
  {
    why: 'Why',
    whyHint: 'Kept in the audit log. At least three characters.',
    cancel: 'Cancel',
    done: 'Done',
    more: 'Show more',
    table: 'As a table',
    nothing: 'Nothing found',
    nothingAbout: 'Try another word, or take a filter away.',
    operatorOnly: 'Only an operator may do this',
  },
  {
    why: '原因',
    whyHint: '将写入审计日志，至少 3 个字符。',
    cancel: '取消',
    done: '已完成',
    more: '加载更多',
    table: '表格形式',
    nothing: '没有找到',
    nothingAbout: '请更换关键词或减少筛选条件。',
    operatorOnly: '仅限运营人员操作',
  },
)
