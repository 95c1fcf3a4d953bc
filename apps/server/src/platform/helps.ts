import type { Refusal } from './errors.ts'

/** What the caller, or the tool for it, can do next. The best first. */
export type Step =
  | 'send_key'
  | 'check_key'
  | 'appeal'
  | 'use_allowed_address'
  | 'use_base_url'
  | 'use_supported_tool'
  | 'mend_request'
  | 'shorten_prompt'
  | 'choose_model'
  | 'subscribe'
  | 'renew'
  | 'upgrade'
  | 'top_up'
  | 'wait_for_reset'
  | 'retry'
  | 'fewer_calls'
  | 'send_conversation'

const STEPS: Readonly<Record<Refusal['code'], readonly Step[]>> = {
  no_key: ['send_key'],
  bad_key: ['check_key'],
  too_many_failures: ['check_key', 'retry'],
  address_not_allowed: ['use_allowed_address'],
  suspended: ['appeal'],
  not_found: ['use_base_url'],
  bad_body: ['mend_request'],
  bad_field: ['mend_request'],
  missing_field: ['mend_request'],
  body_too_large: ['shorten_prompt'],
  response_gone: ['send_conversation'],
  unknown_model: ['choose_model'],
  method_not_supported: ['choose_model'],
  model_not_in_plan: ['choose_model', 'upgrade'],
  no_plan: ['subscribe', 'top_up'],
  never_subscribed: ['subscribe', 'use_base_url'],
  tool_not_supported: ['use_supported_tool', 'use_base_url', 'top_up'],
  plan_expired: ['renew'],
  balance_low: ['top_up', 'use_base_url'],
  overflow_stopped: ['wait_for_reset', 'top_up', 'upgrade'],
  window_full: ['wait_for_reset', 'upgrade'],
  too_many_calls: ['retry', 'fewer_calls', 'upgrade'],
  service_not_in_plan: ['upgrade'],
  service_used_up: ['wait_for_reset', 'upgrade'],
  too_many_service_calls: ['retry', 'fewer_calls'],
  service_failed: ['retry'],
  page_refused: ['mend_request'],
  upstream_busy: ['retry'],
  upstream_failed: ['retry'],
  upstream_refused: ['mend_request'],
  prompt_too_long: ['shorten_prompt'],
  unavailable: ['retry'],
}

export function helpsAgainst(refusal: Refusal): readonly Step[] {
  // A trial does not come back: waiting is no way out.
  if (refusal.code === 'service_used_up' && refusal.resetsAt === undefined) return ['upgrade']
  // Embeddings are at no other address.
  if (refusal.code === 'balance_low' && refusal.embeds) return ['top_up']
  return STEPS[refusal.code]
}
