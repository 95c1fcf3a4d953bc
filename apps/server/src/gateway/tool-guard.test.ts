import { HOUR_MS, instant } from '@codeplan/core'
import { beforeEach, describe, expect, test } from 'vitest'

import { makeToolGuard, type ToolGuard } from './tool-guard.ts'

const START = 1_000_000
const at = (ms: number) => instant(START + ms)

describe('F75: one wrong rule cannot refuse everybody', () => {
  let guard: ToolGuard
  let changes: boolean[]
  beforeEach(() => {
    changes = []
    guard = makeToolGuard((isSuspended) => void changes.push(isSuspended))
  })
  const call = (how: 'recognised' | 'unknown', from: number, to: number, ms: number): void => {
    for (let i = from; i < to; i++) guard.note(`m${i}`, how, at(ms))
  }

  test('the policy is suspended when more than 30 % of the members known before would be refused, and holds again below 15 %', () => {
    call('recognised', 0, 20, 0)
    call('unknown', 0, 6, 1)
    expect(guard.isSuspended(at(2))).toBe(false)
    call('unknown', 6, 7, 3)
    expect(guard.isSuspended(at(4))).toBe(true)
    call('recognised', 0, 4, 5)
    expect(guard.isSuspended(at(6))).toBe(false)
    expect(changes).toEqual([true, false])
  })

  test('a script in a loop, strangers and a handful of members move nothing', () => {
    call('recognised', 0, 20, 0)
    for (let n = 0; n < 1_000; n++) guard.note('m1', 'unknown', at(n))
    call('unknown', 100, 200, 1_000)
    expect(guard.isSuspended(at(1_001))).toBe(false)
    const few = makeToolGuard((isSuspended) => void changes.push(isSuspended))
    for (let i = 0; i < 9; i++) {
      few.note(`m${i}`, 'recognised', at(0))
      few.note(`m${i}`, 'unknown', at(1))
    }
    expect(few.isSuspended(at(2))).toBe(false)
    expect(changes).toEqual([])
  })

  test('who has not called for an hour counts no longer, but is known when it comes back', () => {
    call('recognised', 0, 20, 0)
    call('unknown', 0, 10, HOUR_MS + 1)
    expect(guard.isSuspended(at(HOUR_MS + 2))).toBe(true)
    expect(guard.isSuspended(at(3 * HOUR_MS))).toBe(false)
  })
})
