import type { EventRow } from './store.ts'

/** What the calls of a prompt that have ended add up to; it is shown in lists, and no gate looks at it. */
export interface PromptUse {
  readonly calls: number
  readonly charge: number
  /** The highest. */
  readonly multiplier: number
  /** Sorted. */
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly input_tokens: number
  readonly output_tokens: number
  readonly list_price: number
}

export const noUse: PromptUse = {
  calls: 0,
  charge: 0,
  multiplier: 0,
  models: [],
  tools: [],
  input_tokens: 0,
  output_tokens: 0,
  list_price: 0,
}

export function addUse(use: PromptUse, event: EventRow): PromptUse {
  return {
    calls: use.calls + 1,
    charge: use.charge + event.charge,
    multiplier: Math.max(use.multiplier, event.multiplier),
    models: withName(use.models, event.model),
    tools: withName(use.tools, event.details.admission.tool),
    input_tokens:
      use.input_tokens +
      event.input_tokens +
      event.cache_read_tokens +
      event.cache_write_5m_tokens +
      event.cache_write_1h_tokens,
    output_tokens: use.output_tokens + event.output_tokens,
    list_price: use.list_price + event.list_price,
  }
}

const withName = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].toSorted()
