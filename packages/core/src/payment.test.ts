import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { moneyGoes, movesOn, type PaymentState } from './payment.ts'

const state = fc.constantFrom<PaymentState>('created', 'pending', 'action_required', 'succeeded', 'failed', 'refunded')

describe('the state of a payment', () => {
  test('F58: in any order of news, money that has come stays come, and each state is reached at most once', () => {
    fc.check(fc.array(state, { maxLength: 30 }), (news) => {
      let now: PaymentState = 'created'
      let arrivals = 0
      for (const next of news) {
        if (!movesOn(now, next)) continue
        expect(now === 'succeeded' && next !== 'refunded').toBe(false)
        if (next === 'succeeded') arrivals++
        now = next
      }
      expect(arrivals).toBeLessThanOrEqual(1)
      if (news.includes('succeeded')) expect(['succeeded', 'refunded']).toContain(now)
    })
  })

  test('F60 F62: money pays an order once; for one that was let go it is asked again', () => {
    expect(['open', 'paid', 'expired', 'cancelled'].map((order) => moneyGoes(order as 'open'))).toEqual([
      'pays_order',
      'goes_back',
      'pays_order_again',
      'pays_order_again',
    ])
  })
})
