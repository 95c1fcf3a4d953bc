import { words } from '../words/words.ts'

export const operatorNavWords = words(
  {
    today: 'Today',
    members: 'Members',
    orders: 'Orders & payments',
    releases: 'Releases',
    catalog: 'Catalog',
    upstreams: 'Upstreams',
    economics: 'Economics',
    policy: 'Tools policy',
    audit: 'Audit',
    system: 'System',
  },
  {
    today: '今日',
    members: '成员',
    orders: '订单与支付',
    releases: '放量',
    catalog: '目录',
    upstreams: '上游',
    economics: '经济指标',
    policy: '工具策略',
    audit: '审计',
    system: '系统',
  },
)
