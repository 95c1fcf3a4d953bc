import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { usageFromAnthropic, usageFromOpenAI, usageToAnthropic, usageToOpenAI } from './usage.ts'
import type { Usage } from './usage.ts'

const ZERO: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  suspect: false,
}

describe('OpenAI', () => {
  test('F14 F19: cached input and reasoning are counted once', () => {
    const given = {
      prompt_tokens: 120,
      completion_tokens: 30,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 9 },
    }
    const usage = usageFromOpenAI(given)
    expect(usage).toEqual({ ...ZERO, inputTokens: 20, cacheReadTokens: 100, outputTokens: 30, reasoningTokens: 9 })
    expect(usageToOpenAI(usage ?? ZERO)).toEqual(given)
  })
  test.each([null, undefined, {}, 'x', [], { total_tokens: 4 }])('none in %j', (value) => {
    expect(usageFromOpenAI(value)).toBeUndefined()
  })
  test('F18: more cached than prompted is clamped and flagged', () => {
    const usage = usageFromOpenAI({
      prompt_tokens: 5,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 9 },
    })
    expect(usage).toEqual({ ...ZERO, cacheReadTokens: 5, outputTokens: 1, suspect: true })
  })
  test.each(['7', -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, true, {}])(
    'F18: %j counts as 0, flagged',
    (n) => {
      expect(usageFromOpenAI({ prompt_tokens: n, completion_tokens: 3 })).toEqual({
        ...ZERO,
        outputTokens: 3,
        suspect: true,
      })
    },
  )
  test('absent parts are not nonsense', () => {
    expect(usageFromOpenAI({ prompt_tokens: 3, completion_tokens: null, prompt_tokens_details: null })).toEqual({
      ...ZERO,
      inputTokens: 3,
    })
  })
})

describe('Anthropic', () => {
  const start = {
    input_tokens: 12,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 1000,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
    output_tokens: 1,
  }
  const read: Usage = {
    ...ZERO,
    inputTokens: 12,
    cacheReadTokens: 1000,
    cacheWrite5mTokens: 100,
    cacheWrite1hTokens: 200,
    outputTokens: 1,
  }
  test('F14 F15 F16: kinds are exclusive, each cache lifetime has the tokens that the upstream delivered', () => {
    expect(usageFromAnthropic(start)).toEqual(read)
    expect(usageToAnthropic(read)).toEqual(start)
  })
  test('a later delta replaces what it tells and keeps the rest', () => {
    const earlier = usageFromAnthropic(start)
    expect(usageFromAnthropic({ output_tokens: 57 }, earlier)).toEqual({ ...read, outputTokens: 57 })
    const whole = {
      input_tokens: 10,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 1002,
      output_tokens: 5,
    }
    expect(usageFromAnthropic(whole, earlier)).toEqual({
      ...read,
      inputTokens: 10,
      cacheReadTokens: 1002,
      outputTokens: 5,
    })
    expect(usageFromAnthropic(undefined, earlier)).toEqual(read)
  })
  test('GLM counts only at the end', () => {
    const earlier = usageFromAnthropic({ input_tokens: 0, output_tokens: 0 })
    expect(usageFromAnthropic({ input_tokens: 40, output_tokens: 9, cache_read_input_tokens: 24 }, earlier)).toEqual({
      ...ZERO,
      inputTokens: 40,
      cacheReadTokens: 24,
      outputTokens: 9,
    })
  })
  test('input repeated as zeros at the end does not make it free', () => {
    expect(usageFromAnthropic({ input_tokens: 0, output_tokens: 3 }, { ...ZERO, inputTokens: 8 })).toEqual({
      ...ZERO,
      inputTokens: 8,
      outputTokens: 3,
    })
  })
  test('F15: a total without parts is the 5-minute kind; parts that do not add up are made to, and flagged', () => {
    expect(usageFromAnthropic({ input_tokens: 1, cache_creation_input_tokens: 7 })).toMatchObject({
      cacheWrite5mTokens: 7,
      cacheWrite1hTokens: 0,
      suspect: false,
    })
    const odd = { cache_creation_input_tokens: 7, cache_creation: { ephemeral_1h_input_tokens: 9 } }
    expect(usageFromAnthropic(odd)).toMatchObject({ cacheWrite5mTokens: 0, cacheWrite1hTokens: 7, suspect: true })
  })
})

test('F14 F18: whatever an upstream sends, counts are whole, not negative, and the input kinds add up', () => {
  const part = fc.oneof(fc.nat(1000), fc.constantFrom(-1, 1.5, '9', null, undefined, Number.NaN))
  const openai = fc.record({
    prompt_tokens: part,
    completion_tokens: part,
    prompt_tokens_details: fc.option(fc.record({ cached_tokens: part })),
    completion_tokens_details: fc.option(fc.record({ reasoning_tokens: part })),
  })
  const anthropic = fc.record({
    input_tokens: part,
    cache_read_input_tokens: part,
    cache_creation_input_tokens: part,
    output_tokens: part,
    cache_creation: fc.option(fc.record({ ephemeral_5m_input_tokens: part, ephemeral_1h_input_tokens: part })),
  })
  fc.assert(
    fc.property(openai, anthropic, (one, other) => {
      for (const usage of [usageFromOpenAI(one), usageFromAnthropic(other, usageFromAnthropic(one))]) {
        if (!usage) continue
        for (const count of Object.values(usage).filter((value) => typeof value === 'number')) {
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true)
        }
        expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens)
        const there = usageFromOpenAI(usageToOpenAI(usage))
        const input = usage.inputTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
        expect(there).toMatchObject({ inputTokens: input, cacheReadTokens: usage.cacheReadTokens, suspect: false })
        expect(usageFromAnthropic(usageToAnthropic(usage))).toEqual({ ...usage, reasoningTokens: 0, suspect: false })
      }
    }),
  )
})
