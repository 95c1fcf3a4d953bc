import { describe, expect, test } from 'vitest'

import { cleanError } from './clean-error.ts'

const words = {
  status: 429,
  code: '1308',
  message: 'Limit of 4290 reached, 等到 2026-03-02 14:00:00',
  requestId: '20260302050042901',
  detail: { limit_prompts: 500, used_prompts: 80, name: '套餐', helps: ['upgrade'] },
}
const ALARMING =
  /429|500|502|503|504|524|rate.limit|too many requests|overloaded|unavailable|internal error|server error|try again later/i

describe('F89: a final refusal for tools that repeat every 429', () => {
  test.each(['openai', 'anthropic'] as const)(
    '%s: 400, and nothing in the body that they take for a passing fault',
    (wire) => {
      const { status, headers, body } = cleanError(wire, words)
      expect(status).toBe(400)
      expect(body).not.toMatch(ALARMING)
      expect(body).not.toContain(words.requestId)
      const { error } = JSON.parse(body)
      expect(error).toMatchObject({ code: '1308', detail: { used_prompts: 80, helps: ['upgrade'] } })
      expect(error.detail.limit_prompts).toBeUndefined()
      expect(error.message.replaceAll('\u2060', '')).toContain('Limit of 4290 reached')
      const whole = headers['x-codeplan-detail'] ?? ''
      expect(whole).toMatch(/^[ -~]+$/)
      expect(JSON.parse(whole)).toEqual(words.detail)
    },
  )

  test('another final status stays', () => expect(cleanError('openai', { ...words, status: 404 }).status).toBe(404))
})
