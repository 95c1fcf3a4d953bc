import type { RefusedShown, UsageStanding } from '@codeplan/contract'
import { expect, test } from 'vitest'

import { claudeCode } from '../tools/claude-code.ts'
import type { Facts } from './facts.ts'
import { findingsOf } from './findings.ts'

const NOW = Date.parse('2026-03-02T01:00:00Z')
const KEY = '0123456789abcdef0123456789abcdef.ABCDabcd0123WXYZ'
const HOST = 'https://plan.example.com'
const DATE = new Date(NOW).toUTCString()

const window = {
  id: 'five_hour',
  unit: 'prompt',
  limit: 80,
  used: 20,
  remaining: 60,
  used_share: 0.25,
  length_ms: 18_000_000,
  started_at: null,
  resets_at: null,
  runs_out_at: null,
}
const standing: UsageStanding = {
  at: '2026-03-02T01:00:00Z',
  subscriptions: [
    {
      id: 'sub_1',
      plan: 'lite',
      name: 'Lite',
      drawn: true,
      starts_at: '2026-03-01T00:00:00Z',
      ends_at: '2026-04-01T00:00:00Z',
      paid_until: null,
      in_flight: 0,
      concurrency: 2,
      windows: [window],
      services: [],
    },
  ],
}
const facts: Facts = {
  account: { host: HOST, key: KEY },
  tools: [{ tool: claudeCode, current: { file: 'f', baseUrl: `${HOST}/api/anthropic`, key: KEY } }],
  broken: [],
  won: [],
  standing: { ok: true, data: standing, date: DATE },
  refusals: [],
}
const refusal: RefusedShown = {
  id: '1',
  at: '2026-03-02T00:30:00Z',
  times: 3,
  key: 'key_1',
  code: '1113',
  message: 'Insufficient balance',
  path: '/api/paas/v4/chat/completions',
  model: 'glm-4.7',
  tool: { name: 'unknown', rule: null, user_agent: 'curl/8' },
  detail: { helps: ['use_supported_tool', 'use_base_url', 'a_step_of_tomorrow'] },
}

const found = (changed: Partial<Facts>): readonly string[] =>
  findingsOf({ ...facts, ...changed }, NOW)
    .filter(({ level }) => level !== 'ok')
    .map(({ id, level }) => `${level} ${id}`)
const toolWith = (current: Partial<Facts['tools'][number]['current']>): Partial<Facts> => ({
  tools: [{ tool: claudeCode, current: { file: 'f', baseUrl: `${HOST}/api/anthropic`, key: KEY, ...current } }],
})

test('nothing is found where nothing is wrong', () => {
  expect(found({})).toEqual([])
  expect(found(toolWith({ baseUrl: `${HOST}/api/anthropic/` }))).toEqual([])
})

test('each usual fault is found, named, and comes with its cure in both languages', () => {
  const full = { ...window, remaining: 0, resets_at: '2026-03-02T03:00:00Z' }
  const text = { en: 'x', zh: 'x' }
  const cases: readonly (readonly [string, Partial<Facts>])[] = [
    ['fault no-account', { account: {}, standing: undefined }],
    ['fault no-account', { account: { host: HOST }, standing: undefined }],
    ['fault key-form', { account: { host: HOST, key: 'sk-1' }, ...toolWith({ key: undefined }), tools: [] }],
    ['note in-the-clear', { account: { host: 'http://plan.example.com', key: KEY }, tools: [] }],
    ['note no-tool', { tools: [] }],
    ['fault base-url', toolWith({ baseUrl: 'https://old.example.com/api/anthropic' })],
    ['fault base-url', toolWith({ baseUrl: `${HOST}/api/coding/paas/v4` })],
    ['fault base-url', toolWith({ baseUrl: undefined })],
    ['fault tool-key-form', toolWith({ key: 'your_api_key' })],
    ['note other-key', toolWith({ key: KEY.replace('A', 'B') })],
    ['fault broken-file', { broken: [{ file: 'f', line: 1, column: 2, why: text }] }],
    ['fault variable-wins', { won: [{ name: 'ANTHROPIC_MODEL', where: text, harm: text }] }],
    ['fault key-refused', { standing: { ok: false, why: 'key-refused', message: 'no' } }],
    ['fault unreachable', { standing: { ok: false, why: 'unreachable', message: 'ECONNREFUSED' } }],
    ['fault no-codeplan', { standing: { ok: false, why: 'no-codeplan', message: 'HTTP 200' } }],
    ['fault no-plan', { standing: { ok: true, date: DATE, data: { at: '', subscriptions: [] } } }],
    [
      'fault window-full',
      {
        standing: {
          ok: true,
          date: DATE,
          data: { ...standing, subscriptions: standing.subscriptions.map((one) => ({ ...one, windows: [full] })) },
        },
      },
    ],
    ['note clock', { standing: { ok: true, data: standing, date: new Date(NOW - 600_000).toUTCString() } }],
    ['note refused-1113', { refusals: [refusal] }],
  ]
  for (const [id, changed] of cases) {
    expect([id, found(changed)]).toEqual([id, expect.arrayContaining([id])])
    for (const finding of findingsOf({ ...facts, ...changed }, NOW).filter(({ level }) => level !== 'ok')) {
      expect([finding.id, finding.cure?.en && finding.cure.zh && finding.says.zh]).toEqual([
        finding.id,
        expect.any(String),
      ])
    }
  }
})

test('refusals of one kind are one finding, the last of them, and those of yesterday are none', () => {
  const before = { ...refusal, at: '2026-03-02T00:10:00Z', message: 'before' }
  const old = { ...refusal, code: '1308', at: '2026-02-28T00:00:00Z' }
  const [finding, ...others] = findingsOf({ ...facts, refusals: [before, refusal, old] }, NOW).filter(({ id }) =>
    id.startsWith('refused'),
  )
  expect(others).toEqual([])
  expect(finding?.says.en).toContain('refused 6 time(s) in 24 h, last 2026-03-02T00:30:00Z: curl/8')
  expect(finding?.cure?.en).toBe('use a tool that the plan serves; or set the right base URL: codeplan setup')
})
