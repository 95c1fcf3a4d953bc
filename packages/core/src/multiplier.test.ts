import { describe, expect, test } from 'vitest'

import { multiplierAt, multipliersThrough, nextChange, type MultiplierRule } from './multiplier.ts'
import { instant } from './units.ts'

const at = (text: string) => instant(Date.parse(text))
const glm5 = { model: 'glm-5', tool: 'claude-code' }
const faq: readonly MultiplierRule[] = [
  {
    id: 'peak',
    permille: 3000,
    models: ['glm-5'],
    zone: 'Asia/Shanghai',
    daily: { fromMinute: 14 * 60, toMinute: 18 * 60 },
  },
  { id: 'off-peak', permille: 2000, models: ['glm-5'], zone: 'Asia/Shanghai' },
]

describe('multipliers', () => {
  test('S3: GLM-5 counts 3× from 14:00:00 to 17:59:59 in UTC+8 every day, else 2×; other models 1×', () => {
    for (const [time, permille, rule] of [
      ['2026-02-28T13:59:59.999+08:00', 2000, 'off-peak'],
      ['2026-02-28T14:00:00.000+08:00', 3000, 'peak'],
      ['2026-03-01T17:59:59.999+08:00', 3000, 'peak'],
      ['2026-03-01T18:00:00.000+08:00', 2000, 'off-peak'],
    ] as const) {
      expect(multiplierAt(faq, glm5, at(time)), time).toEqual({ permille, rule })
    }
    expect(multiplierAt(faq, { model: 'glm-4.7', tool: 'x' }, at('2026-03-01T15:00:00+08:00'))).toEqual({
      permille: 1000,
      rule: 'none',
    })
  })

  test('F22: a span may cross midnight, and its weekday is that of the evening on which it began', () => {
    const night: MultiplierRule[] = [
      {
        id: 'night',
        permille: 500,
        zone: 'Asia/Shanghai',
        daily: { fromMinute: 23 * 60, toMinute: 9 * 60 },
        weekdays: [5],
      },
    ]
    // 2026-02-27 is a Friday.
    expect(multiplierAt(night, glm5, at('2026-02-27T22:59:59+08:00')).rule).toBe('none')
    expect(multiplierAt(night, glm5, at('2026-02-27T23:00:00+08:00')).rule).toBe('night')
    expect(multiplierAt(night, glm5, at('2026-02-28T08:59:59+08:00')).rule).toBe('night')
    expect(multiplierAt(night, glm5, at('2026-02-28T09:00:00+08:00')).rule).toBe('none')
    expect(multiplierAt(night, glm5, at('2026-02-27T03:00:00+08:00')).rule).toBe('none')
  })

  test('F22: on days of 23 and 25 hours a span follows the wall clock of its zone', () => {
    const morning: MultiplierRule[] = [
      { id: 'm', permille: 2000, zone: 'Europe/Berlin', daily: { fromMinute: 8 * 60, toMinute: 10 * 60 } },
    ]
    for (const [time, rule] of [
      ['2026-03-29T05:59:59Z', 'none'], // spring forward: 07:59:59
      ['2026-03-29T06:00:00Z', 'm'],
      ['2026-10-25T06:59:59Z', 'none'], // fall back: 07:59:59
      ['2026-10-25T07:00:00Z', 'm'],
    ] as const) {
      expect(multiplierAt(morning, glm5, at(time)).rule, time).toBe(rule)
    }
    const night: MultiplierRule[] = [
      {
        id: 'n',
        permille: 500,
        zone: 'Europe/Berlin',
        daily: { fromMinute: 23 * 60, toMinute: 4 * 60 },
        dates: { from: '2026-03-28', to: '2026-03-28' },
      },
    ]
    expect(multiplierAt(night, glm5, at('2026-03-29T01:30:00Z')).rule).toBe('n') // 03:30, began on the 28th
    expect(multiplierAt(night, glm5, at('2026-03-30T01:30:00Z')).rule).toBe('none')
  })

  test('dates include their last day, tools and models narrow a rule, and the first rule that holds wins', () => {
    const campaign: MultiplierRule[] = [
      {
        id: 'gift',
        permille: 0,
        zone: 'Asia/Shanghai',
        tools: ['zcode'],
        dates: { from: '2026-09-03', to: '2026-10-07' },
      },
      ...faq,
    ]
    const zcode = { model: 'glm-5', tool: 'zcode' }
    expect(multiplierAt(campaign, zcode, at('2026-09-02T23:59:59+08:00')).rule).toBe('off-peak')
    expect(multiplierAt(campaign, zcode, at('2026-09-03T00:00:00+08:00'))).toEqual({ permille: 0, rule: 'gift' })
    expect(multiplierAt(campaign, zcode, at('2026-10-07T23:59:59+08:00')).rule).toBe('gift')
    expect(multiplierAt(campaign, zcode, at('2026-10-08T00:00:00+08:00')).rule).toBe('off-peak')
    expect(multiplierAt(campaign, glm5, at('2026-09-10T12:00:00+08:00')).rule).toBe('off-peak')
  })

  test('the next change is told to the minute', () => {
    expect(nextChange(faq, glm5, at('2026-02-28T13:20:10+08:00'))).toEqual({
      at: at('2026-02-28T14:00:00+08:00'),
      multiplier: { permille: 3000, rule: 'peak' },
    })
    expect(nextChange(faq, { model: 'glm-4.7', tool: 'x' }, at('2026-02-28T13:20:10+08:00'))).toBeUndefined()
  })
})

test('S3: a day in parts has the hour at which each begins, without gap, and each part counts what a call in it counts', () => {
  const day = { from: at('2026-02-28T00:00:00+08:00'), to: at('2026-03-01T00:00:00+08:00') }
  const parts = multipliersThrough(faq, glm5, day)
  expect(parts.map((part) => [new Date(part.from).toISOString().slice(11, 16), part.multiplier.permille])).toEqual([
    ['16:00', 2000],
    ['06:00', 3000],
    ['10:00', 2000],
  ])
  expect(parts.map((part) => part.to)).toEqual([...parts.slice(1).map((part) => part.from), day.to])
  expect(multipliersThrough(faq, { model: 'glm-4.7', tool: 'x' }, day)).toHaveLength(1)
})
