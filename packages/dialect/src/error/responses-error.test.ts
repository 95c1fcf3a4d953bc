import { expect, test } from 'vitest'
import { errorInStream } from './in-stream.ts'
import { responsesError } from './responses-error.ts'

const words = (status: number, code: string, more: object = {}) => ({
  status,
  code,
  message: 'Nö',
  requestId: 'r',
  ...more,
})
const shaped = (status: number, code: string, more: object = {}) => {
  const { body, ...rest } = responsesError(words(status, code, more), 'No')
  return { ...rest, error: JSON.parse(body).error }
}

test('a window that is used up has the form that Codex knows, with our words beside it', () => {
  const detail = { resets_at: '2026-03-02T06:00:00.000Z' }
  expect(shaped(429, '1308', { detail })).toEqual({
    status: 429,
    headers: { 'x-codex-promo-message': 'No' },
    error: { message: 'Nö', type: 'usage_limit_reached', code: '1308', param: null, resets_at: 1772431200, detail },
  })
})

test('F89: another final refusal is a 400, which Codex shows and does not repeat', () => {
  for (const [status, code] of [
    [429, '1113'],
    [429, '1309'],
    [429, '1311'],
    [413, '1210'],
  ] as const)
    expect(shaped(status, code)).toMatchObject({ status: 400, error: { type: 'invalid_request_error', code } })
  expect(shaped(401, '1001')).toMatchObject({ status: 401, error: { type: 'authentication_error' } })
  expect(shaped(400, '1214', { detail: { field: 'input' } })).toMatchObject({ status: 400, error: { param: 'input' } })
  expect(shaped(400, '1261').error.code).toBe('context_length_exceeded')
})

test('F90: what passes by itself keeps its status', () => {
  expect(shaped(429, '1302', { retryAfterSec: 2 })).toMatchObject({
    status: 429,
    error: { type: 'rate_limit_exceeded' },
  })
  expect(shaped(502, '1234', { retryAfterSec: 1 })).toMatchObject({ status: 502, error: { type: 'server_error' } })
})

test('after the head: the last event of the stream, numbered on, in a code that Codex takes for final or not', () => {
  const answer = { id: 'r1', createdSec: 5, model: 'glm-4.7', sequence: 7 }
  const event = (code: string, more: object = {}) => {
    const text = Buffer.from(errorInStream('responses', words(400, code, more), answer), 'latin1').toString('utf8')
    expect(text).toMatch(/^event: response\.failed\ndata: .*\n\n$/)
    return JSON.parse(text.split('data: ')[1] ?? '')
  }
  expect(event('1234', { retryAfterSec: 1 })).toMatchObject({
    type: 'response.failed',
    sequence_number: 7,
    response: { id: 'resp_r1', status: 'failed', error: { code: '1234', message: 'Nö' } },
  })
  expect(event('1210').response.error.code).toBe('invalid_prompt')
  expect(event('1261').response.error.code).toBe('context_length_exceeded')
})
