import { stripVTControlCharacters } from 'node:util'

import type { UsageStanding } from '@codeplan/contract'
import { expect, test } from 'vitest'

import { bar, span, windowName } from './bars.ts'
import { line } from './statusline.ts'
import { page } from './usage.ts'

const HOUR = 3_600_000
const NOW = new Date(2026, 2, 2, 9).getTime()
const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString()
const window = {
  id: 'five_hour',
  unit: 'prompt',
  limit: 400,
  used: 172,
  remaining: 228,
  used_share: 0.43,
  length_ms: 5 * HOUR,
}
const standing: UsageStanding = {
  at: at(0),
  subscriptions: [
    {
      id: 'sub_1',
      plan: 'pro',
      name: 'Pro',
      drawn: true,
      starts_at: at(-24),
      ends_at: at(12),
      paid_until: null,
      in_flight: 1,
      concurrency: 4,
      services: [],
      windows: [
        { ...window, started_at: at(-2), resets_at: at(3), runs_out_at: at(2) },
        {
          ...window,
          id: 'week',
          length_ms: 168 * HOUR,
          used: 2000,
          limit: 2000,
          remaining: 0,
          used_share: 1,
          started_at: at(-24),
          resets_at: at(144),
          runs_out_at: null,
        },
        {
          ...window,
          id: 'month',
          length_ms: 24 * HOUR,
          used: 0,
          used_share: 0,
          started_at: null,
          resets_at: null,
          runs_out_at: null,
        },
      ],
    },
  ],
}

test('usage shows each window with its bar, its reset and its pace; the balance; the tools', () => {
  const balance = { currency: 'CNY', balance: 12.5, available: '12' }
  const day = { day: '2026-03-01', name: 'claude-code', calls: 20, charge: 1.5 }
  const seen = { standing, balance, days: { days: [day, { ...day, day: '2026-03-02' }] } }
  expect(page(seen, NOW, 'en', { columns: 64, colour: false })).toBe(
    [
      'Pro, until 21:00',
      '  5 h   ██████░░░░░░░░  43%  172/400  resets 12:00 (in 3 h); at this pace used up 11:00',
      '  week  ██████████████ 100%  2000/2000  used up, resets 8 Mar 09:00 (in 6 d)',
      '  d     ░░░░░░░░░░░░░░   0%  0/400  untouched',
      '  1 of 4 calls at once',
      '',
      'Balance CNY 12.50, CNY 12.00 of it free',
      '',
      'Last 7 days',
      '  claude-code  3  40 calls',
      '',
    ].join('\n'),
  )
  expect(page(seen, NOW, 'zh', { columns: 64, colour: false })).toContain('按此速度 11:00 用完')
  expect(
    page({ ...seen, standing: { at: '', subscriptions: [] } }, NOW, 'en', { columns: 64, colour: false }),
  ).toContain('No plan')
})

test('the status line tells model, windows and resets; a window that has reset since is untouched; without news it says so', () => {
  const kept = { at: NOW, host: 'h', standing }
  const plain = stripVTControlCharacters
  expect(plain(line('GLM-4.7', kept, NOW, 'en'))).toBe('GLM-4.7 · 5 h 43% ↻12:00 · week 100% ↻8 Mar 09:00 · d 0%')
  expect(plain(line('', kept, NOW + 4 * HOUR, 'zh'))).toContain('5小时 0% · 每周 100%')
  expect(line('GLM-4.7', { ...kept, standing: null }, NOW, 'en')).toBe('GLM-4.7 · no answer from the server')
  expect(line('', undefined, NOW, 'zh')).toBe('未设置：codeplan setup')
})

test('bars never leave their width, spans say two units', () => {
  for (const share of [-1, 0, 0.001, 0.5, 0.999, 1, 7]) expect(bar(share, 10)).toHaveLength(10)
  expect([span(60_000, 'en'), span(1, 'en'), span(3.12 * HOUR, 'en'), span(50 * HOUR, 'zh')]).toEqual([
    '1 min',
    '1 min',
    '3 h 8 min',
    '2 天 2 小时',
  ])
  expect(windowName({ length_ms: 14 * 24 * HOUR }, 'en')).toBe('2 week')
})
