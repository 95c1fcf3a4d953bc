import { describe, expect, test } from 'vitest'

import { BACKGROUND_MS_MAX, choosePrompt, REPEAT_MS_MAX, type CallEvidence, type KnownPrompt } from './prompt.ts'
import { instant } from './units.ts'

const now = instant(1_800_000_000_000)
const ask = (asked: CallEvidence['asked'], more: Partial<CallEvidence> = {}): CallEvidence => ({
  asked,
  key: 'k',
  session: 's',
  mark: 'm',
  opening: true,
  compacts: false,
  ...more,
})
const known = (id: string, agoMs: number, key: string | null = 'k'): KnownPrompt => ({
  id,
  key,
  asked: key !== null,
  lastCallAt: instant(now - agoMs),
})

describe('which prompt a call belongs to', () => {
  test('a question that was not asked before opens a prompt', () => {
    expect(choosePrompt(ask('question'), {}, now)).toEqual({ joins: null, key: 'k', reason: 'new_question' })
  })

  test('F82: calls with tool results join the prompt of their question, however long the tool took', () => {
    const days = 3 * 24 * 3_600_000
    expect(choosePrompt(ask('follow_up'), { byKey: known('p', days) }, now)).toMatchObject({
      joins: 'p',
      reason: 'follow_up',
    })
  })

  test('the same question again is a retry within ten minutes and a new one later', () => {
    expect(choosePrompt(ask('question'), { byKey: known('p', REPEAT_MS_MAX) }, now)).toMatchObject({
      joins: 'p',
      reason: 'repeated_call',
    })
    expect(choosePrompt(ask('question'), { byKey: known('p', REPEAT_MS_MAX + 1) }, now)).toMatchObject({ joins: null })
  })

  test('F84: background calls join the prompt that ran last in their session, else open one without a question', () => {
    expect(choosePrompt(ask('background'), { bySession: known('p', BACKGROUND_MS_MAX) }, now)).toMatchObject({
      joins: 'p',
    })
    expect(choosePrompt(ask('background'), { bySession: known('p', BACKGROUND_MS_MAX + 1) }, now)).toMatchObject({
      joins: null,
      key: null,
    })
  })

  test('F84: a title call that came first is taken over by its question, so both are one prompt', () => {
    expect(choosePrompt(ask('question'), { bySession: known('p', 50, null) }, now)).toEqual({
      joins: 'p',
      key: 'k',
      reason: 'question_after_background',
    })
  })

  test('F82: a follow-up whose question was never seen opens one prompt, not one a call', () => {
    expect(choosePrompt(ask('follow_up'), {}, now)).toMatchObject({ joins: null, reason: 'follow_up_of_unknown' })
    expect(choosePrompt(ask('follow_up'), { byKey: known('p', 60_000) }, now)).toMatchObject({ joins: 'p' })
  })

  test('F84: a loop that was compacted goes on as the same prompt, and a question after that is a new one', () => {
    const running = known('p', 1_000)
    expect(choosePrompt(ask('background', { compacts: true }), { bySession: running }, now)).toMatchObject({
      joins: 'p',
      key: null,
    })
    const compacted = { ...running, key: null, asked: true }
    expect(choosePrompt(ask('question', { key: 'k2' }), { bySession: compacted }, now)).toEqual({
      joins: 'p',
      key: 'k2',
      reason: 'continued_after_compaction',
    })
    expect(choosePrompt(ask('question', { key: 'k3', opening: false }), { bySession: compacted }, now)).toMatchObject({
      joins: null,
    })
  })
})
