import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { allocate, minor, moneyText, readMoney, shareDown } from './money.ts'

const amount = fc.integer({ min: 0, max: 1e11 }).map(minor)

describe('money', () => {
  test('F70: text becomes minor units and back exactly, in currencies of 0, 2 and 3 decimals', () => {
    fc.check(amount, fc.constantFrom('CNY', 'USD', 'JPY', 'KWD'), (value, currency) => {
      expect(readMoney(moneyText(value, currency), currency)).toEqual({ ok: true, value })
    })
    expect(readMoney('49.9', 'CNY')).toEqual({ ok: true, value: 4990 })
    expect(readMoney('100', 'JPY')).toEqual({ ok: true, value: 100 })
    expect(readMoney('1.500', 'KWD')).toEqual({ ok: true, value: 1500 })
  })

  test('F70: what is finer than the minor unit, negative or no number is refused, never rounded', () => {
    expect(readMoney('0.001', 'CNY')).toEqual({ ok: false, no: 'too_fine' })
    expect(readMoney('1.5', 'JPY')).toEqual({ ok: false, no: 'too_fine' })
    for (const text of ['', '-1', '1e3', '1,00', 'NaN', '.5']) {
      expect([text, readMoney(text, 'CNY').ok]).toEqual([text, false])
    }
  })

  test('F70: an amount is divided without losing or inventing a unit, and nobody gets more than a unit beyond the share', () => {
    const weights = fc
      .array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 9 })
      .filter((w) => w.some((n) => n > 0))
    fc.check(amount, weights, (value, shares) => {
      const parts = allocate(value, shares)
      expect(parts.reduce((a, b) => a + b, 0)).toBe(value)
      const sum = shares.reduce((a, b) => a + b, 0)
      for (const [i, part] of parts.entries()) {
        const exact = shareDown(value, shares[i] as number, sum)
        expect(part - exact === 0 || part - exact === 1).toBe(true)
      }
    })
  })

  test('a share of a time beyond 2^53 of products is exact', () => {
    expect(shareDown(minor(450240), 31_535_999_999, 31_536_000_000)).toBe(450239)
    expect(shareDown(minor(100), 5, 3)).toBe(100)
    expect(shareDown(minor(100), -5, 3)).toBe(0)
  })
})
