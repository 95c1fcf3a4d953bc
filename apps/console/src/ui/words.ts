import { words } from '../words/words.ts'

export const uiWords = words(
  {
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    again: 'Try again',
    broken: 'This page has a fault',
    brokenAbout: 'Loading it again often helps. If it does not, tell the operator what you did.',
    notLoaded: 'This could not be loaded',
    loading: 'Loading',
    notifications: 'Messages',
  },
  {
    close: '关闭',
    copy: '复制',
    copied: '已复制',
    again: '重试',
    broken: '页面出错了',
    brokenAbout: '刷新页面通常可以解决。如仍出错，请将操作步骤告知运营方。',
    notLoaded: '加载失败',
    loading: '加载中',
    notifications: '消息',
  },
)
