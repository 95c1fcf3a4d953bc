import { instant } from '@codeplan/core'
import { describe, expect, test } from 'vitest'

import { fc } from '../../../../test/house/property.ts'
import { makeTries, OF_ACCOUNT, OF_ADDRESS, waitAfter, type Place } from './tries.ts'

const ACCOUNT: Place = ['account a', OF_ACCOUNT]
const ADDRESS: Place = ['address b', OF_ADDRESS]

describe('tries', () => {
  test('nobody waits longer than the rule says, however many tries were made', () => {
    fc.check(fc.array(fc.nat(20 * 60_000), { maxLength: 300 }), (pauses) => {
      const tries = makeTries()
      let now = 0
      for (const pause of pauses) {
        now += pause
        const wait = tries.take([ACCOUNT, ADDRESS], instant(now))
        expect(wait).toBeLessThanOrEqual(OF_ACCOUNT.waitMsMax)
        expect(tries.take([ACCOUNT], instant(now + wait))).toBeLessThanOrEqual(OF_ACCOUNT.waitMsMax)
      }
    })
  })

  test('in a day an account is tried at most some hundred times, whatever the pace', () => {
    for (const pace of [500, 3_000, 60_000, 299_000, 301_000, 1_800_000]) {
      const tries = makeTries()
      let taken = 0
      for (let now = 0; now < 86_400_000; now += pace) if (tries.take([ACCOUNT], instant(now)) === 0) taken++
      expect(taken).toBeLessThan(320)
    }
  })

  test('a try that waits counts for nothing, a good one starts the account anew and leaves the network as it was', () => {
    const tries = makeTries()
    for (let i = 0; i < 5; i++) expect(tries.take([ACCOUNT, ADDRESS], instant(0))).toBe(0)
    for (let i = 0; i < 50; i++) expect(tries.take([ACCOUNT, ADDRESS], instant(1))).toBe(999)
    expect(tries.take([ACCOUNT, ADDRESS], instant(1_000))).toBe(0)
    expect(tries.take([ACCOUNT, ADDRESS], instant(1_001))).toBe(1_999)
    tries.good([ACCOUNT, ADDRESS])
    expect(tries.take([ACCOUNT, ADDRESS], instant(1_001))).toBe(0)
    expect([0, 4, 5, 6, 13, 14, 1_000].map((n) => waitAfter(OF_ACCOUNT, n))).toEqual([
      0, 0, 1_000, 2_000, 256_000, 300_000, 300_000,
    ])
  })
})
