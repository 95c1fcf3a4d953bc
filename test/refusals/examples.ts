import { HOUR_MS, instant, micros } from '@codeplan/core'

import type { Refusal } from '../../apps/server/src/platform/index.ts'

const AT = instant(Date.parse('2026-03-02T14:00:00+08:00'))
const window = { window: 'five_hour', lengthMs: 5 * HOUR_MS, allowance: 80_000_000, used: 80_000_000, cost: 1_000_000 }

/** One of each kind, for the pages. A kind that is missing does not compile. */
export const EXAMPLES: { readonly [C in Refusal['code']]: Extract<Refusal, { code: C }> } = {
  no_key: { code: 'no_key' },
  bad_key: { code: 'bad_key' },
  suspended: {
    code: 'suspended',
    appeal: { en: 'To restore access, please contact the operator.', zh: '如需恢复，请联系运营方。' },
  },
  too_many_failures: { code: 'too_many_failures', retryAfterSec: 60 },
  address_not_allowed: { code: 'address_not_allowed', address: '192.0.2.7' },
  not_found: { code: 'not_found', path: '/api/anthropic/chat/completions' },
  bad_body: { code: 'bad_body', why: 'it must be a JSON object' },
  bad_field: { code: 'bad_field', field: 'stream', why: 'it must be true or false' },
  missing_field: { code: 'missing_field', field: 'model' },
  body_too_large: { code: 'body_too_large', limitBytes: 33_554_432 },
  response_gone: { code: 'response_gone', status: 400 },
  unknown_model: { code: 'unknown_model', model: 'glm-0' },
  method_not_supported: {
    code: 'method_not_supported',
    model: 'glm-4.7',
    method: 'embeddings',
    models: ['embedding-3'],
  },
  model_not_in_plan: { code: 'model_not_in_plan', model: 'glm-5', plan: 'lite', models: ['glm-4.7', 'glm-4.6'] },
  no_plan: { code: 'no_plan' },
  never_subscribed: { code: 'never_subscribed' },
  tool_not_supported: { code: 'tool_not_supported', plan: 'lite', tools: ['Claude Code', 'Codex', 'OpenCode'] },
  balance_low: {
    code: 'balance_low',
    why: { code: 'balance_low', available: micros(0), needed: micros(16_000_000) },
    currency: 'CNY',
    plan: 'GLM Coding Lite',
  },
  overflow_stopped: {
    code: 'overflow_stopped',
    why: { code: 'cap_reached', cap: micros(1_000_000_000), spent: micros(995_000_000) },
    window: 'five_hour',
    lengthMs: 5 * HOUR_MS,
    resetsAt: AT,
    currency: 'CNY',
  },
  plan_expired: { code: 'plan_expired', endedAt: AT },
  window_full: { code: 'window_full', ...window, resetsAt: AT },
  too_many_calls: { code: 'too_many_calls', inFlight: 5, concurrencyMax: 5 },
  service_not_in_plan: { code: 'service_not_in_plan', service: 'web_search', plan: 'lite' },
  service_used_up: {
    code: 'service_used_up',
    service: 'web_search',
    plan: 'pro',
    calls: 1000,
    used: 1000,
    resetsAt: AT,
  },
  too_many_service_calls: { code: 'too_many_service_calls', limit: 'per_minute', max: 60, retryAfterSec: 20 },
  service_failed: { code: 'service_failed', service: 'web_search', why: 'it fell silent' },
  page_refused: {
    code: 'page_refused',
    field: 'url',
    why: { en: 'the host is not on the public internet', zh: '该主机不在公共互联网上' },
  },
  upstream_busy: { code: 'upstream_busy', retryAfterSec: 2 },
  upstream_failed: { code: 'upstream_failed', why: 'it fell silent' },
  upstream_refused: { code: 'upstream_refused', status: 400, message: 'temperature must be below 2' },
  prompt_too_long: { code: 'prompt_too_long' },
  unavailable: { code: 'unavailable', why: 'database' },
}

/** The same refusals with another code: of a longer window, or because the balance is empty. */
const low = { ...EXAMPLES.overflow_stopped, why: EXAMPLES.balance_low.why }
export const VARIANTS: readonly Refusal[] = [
  { ...EXAMPLES.overflow_stopped, window: 'week', lengthMs: 168 * HOUR_MS },
  low,
  { ...low, window: 'week', lengthMs: 168 * HOUR_MS },
  { ...EXAMPLES.window_full, window: 'week', lengthMs: 168 * HOUR_MS },
]
