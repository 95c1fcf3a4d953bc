import { HOUR_MS, MINUTE_MS } from './time.ts'
import type { Instant } from './units.ts'

/** What a call says about the question it serves. The gateway reads it off the request; the rules below judge it. */
export interface CallEvidence {
  /**
   * `question`: the last message is a person's. `follow_up`: it carries tool results. `background`: nobody asked for
   * it (title, topic check, warm-up, sub-agent).
   */
  readonly asked: 'question' | 'follow_up' | 'background'
  /** Hash of the conversation and of the user-authored messages up to the last one. */
  readonly key: string
  /** The conversation: a session mark of the tool, else the key's own conversation. */
  readonly session: string
  /** The conversation has no earlier question in it: it has just begun, or was just compacted to a summary. */
  readonly opening: boolean
  /** A background call that replaces the conversation by a summary: what follows it has another key. */
  readonly compacts: boolean
  /** Why it was read so, in one word for the receipt: `user_message`, `tool_result`, `title`, `sub_agent` … */
  readonly mark: string
}

/**
 * A prompt that is on record, as far as the choice needs it. `key` is null while the question that it serves is still to
 * come: only background calls have made it, or its conversation was just compacted.
 */
export interface KnownPrompt {
  readonly id: string
  readonly key: string | null
  /** A question has been asked in it. */
  readonly asked: boolean
  readonly lastCallAt: Instant
}

export interface PromptChoice {
  /** The prompt that the call joins; null: it opens a new one. */
  readonly joins: string | null
  /** The key that the prompt has from now on. */
  readonly key: string | null
  /** Stored with the call and shown on its receipt. */
  readonly reason: PromptReason
}

export type PromptReason =
  | 'new_question'
  | 'follow_up'
  | 'repeated_call'
  | 'question_after_background'
  | 'continued_after_compaction'
  | 'background_of_prompt'
  | 'background_alone'
  | 'follow_up_of_unknown'

/** The same question again within this time is a retry of a failed or lost call; later it is asked anew. */
export const REPEAT_MS_MAX = 10 * MINUTE_MS
/** Background work joins the prompt that ran last in its session, if that was not longer ago than this. */
export const BACKGROUND_MS_MAX = 5 * HOUR_MS

/**
 * Which prompt does a call belong to? Tool results, reminders, cache marks and retries do not change the key, so a
 * whole agent loop finds the prompt of its question. What a client claims can only join calls to a prompt; every call
 * still adds to that prompt's Σ, so nothing becomes free by claiming it (F83).
 */
export function choosePrompt(
  call: CallEvidence,
  known: { readonly byKey?: KnownPrompt | undefined; readonly bySession?: KnownPrompt | undefined },
  now: Instant,
): PromptChoice {
  const { byKey, bySession } = known
  if (call.asked === 'background') {
    if (bySession && now - bySession.lastCallAt <= BACKGROUND_MS_MAX) {
      const key = call.compacts ? null : bySession.key
      return { joins: bySession.id, key, reason: 'background_of_prompt' }
    }
    return { joins: null, key: null, reason: 'background_alone' }
  }
  if (byKey && call.asked === 'follow_up') return { joins: byKey.id, key: call.key, reason: 'follow_up' }
  if (byKey && now - byKey.lastCallAt <= REPEAT_MS_MAX) {
    return { joins: byKey.id, key: call.key, reason: 'repeated_call' }
  }
  // A title call may arrive before the question it belongs to, and a conversation that was compacted in the middle of a
  // loop goes on from its summary: either way a conversation without earlier questions takes over the open prompt.
  if (bySession && bySession.key === null && call.opening && now - bySession.lastCallAt <= REPEAT_MS_MAX) {
    const reason = bySession.asked ? 'continued_after_compaction' : 'question_after_background'
    return { joins: bySession.id, key: call.key, reason }
  }
  return { joins: null, key: call.key, reason: call.asked === 'question' ? 'new_question' : 'follow_up_of_unknown' }
}
