import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { faultsOfBooks } from '../../../../test/house/books.ts'
import { makeDice, newSeed } from '../../../../test/house/dice.ts'
import { openHouse, type House } from '../../../../test/house/house.ts'
import { makeCallId } from '../gateway/call-id.ts'
import { makeMetrics } from '../platform/index.ts'
import { makeEntitlements, noTokens, type Admission, type Entitlements } from './index.ts'

const STEPS = 400
const PROMPTS = 30
const CONCURRENCY = 6

describe('what a node remembers of a member', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      noApp: true,
      catalog: (source) =>
        source.replace('prompts: 80', `prompts: ${PROMPTS}`).replace('concurrency: 5 ', `concurrency: ${CONCURRENCY} `),
    })
  })
  afterAll(() => house.close())

  const node = (name: string): Entitlements =>
    makeEntitlements({ ...house.rooms, node: name, clock: house.clock, metrics: makeMetrics() })

  const admit = (on: Entitlements, memberId: string, question: string, model = 'glm-4.7') =>
    on.admit({
      id: makeCallId(house.clock.now()),
      memberId,
      keyId: 'key_test',
      model,
      modelAsked: model,
      tool: 'test',
      toolRule: 'test',
      project: '',
      sparesUnknown: false,
      evidence: {
        asked: 'question',
        key: question,
        session: 'session',
        opening: false,
        compacts: false,
        mark: 'user_message',
      },
      path: '/api/coding/paas/v4/chat/completions',
      purse: 'plan',
      stream: false,
      expected: { inputTokens: 1, outputTokensMax: 1 },
      totalMsMax: 60_000,
    } as Parameters<Entitlements['admit']>[0])

  const settle = (on: Entitlements, admission: Admission): void =>
    on.settle({
      admission,
      ending: 'completed',
      billable: true,
      tokens: noTokens,
      tokensFrom: 'upstream',
      listPrice: 0,
      timing: { firstByteMs: 1, totalMs: 2 },
      tried: [],
    })

  test('F28 F43: nodes that change the same books in turn, each from memory, never lose or double a unit', async () => {
    const seed = newSeed()
    process.stdout.write(`TEST_SEED=${seed}\n`)
    const dice = makeDice(seed)
    const nodes = [node('one'), node('two'), node('three')]
    const { memberId } = await house.subscriber('lite')
    const open: Admission[] = []
    const asked = new Set<string>()
    for (let step = 0; step < STEPS; step++) {
      if (dice.chance(0.05)) house.clock.advance(dice.between(1, 60_000))
      // Mostly the same node goes on: that is when it works from memory.
      const on = nodes[dice.chance(0.7) ? 0 : dice.roll(nodes.length)] as Entitlements
      const burst = Array.from({ length: dice.between(1, 4) }, async () => {
        const ends = open.length > 0 && dice.chance(0.6) ? open.splice(dice.roll(open.length), 1)[0] : undefined
        if (ends) return settle(on, ends)
        const question = `question ${dice.roll(60)}`
        const admitted = await admit(on, memberId, question)
        if (!admitted.ok) return expect(['window_full', 'too_many_calls']).toContain(admitted.no.code)
        open.push(admitted.value)
        asked.add(admitted.value.promptId)
      })
      await Promise.all(burst)
      expect(open.length).toBeLessThanOrEqual(CONCURRENCY)
    }
    for (const admission of open) settle(nodes[dice.roll(3)] as Entitlements, admission)
    for (const one of nodes) await one.drain()
    expect(await faultsOfBooks(house)).toEqual([])
    const standing = await house.rooms.entitlements.standing(memberId, house.clock.now())
    const used = (standing?.windows[0]?.used ?? 0) / 1_000_000
    expect(used).toBe(standing ? (standing.windows[0]?.settled ?? 0) / 1_000_000 : -1)
    expect(used).toBeLessThanOrEqual(PROMPTS)
    expect(asked.size).toBeLessThanOrEqual(PROMPTS)
  })

  test('S5 F40: a better plan or a credit that arrives while a member is remembered counts for the next call', async () => {
    const one = node('four')
    const { memberId } = await house.subscriber('lite')
    const ask = async (question: string, model?: string) => {
      const admitted = await admit(one, memberId, question, model)
      if (admitted.ok) settle(one, admitted.value)
      await one.drain()
      return admitted
    }
    for (let n = 0; n < PROMPTS; n++) expect((await ask(`n ${n}`)).ok).toBe(true)
    expect(await ask('one too many')).toMatchObject({ ok: false, no: { code: 'window_full' } })
    const wish = { memberId, window: 'five_hour', micro: 1_000_000, reason: 'test', by: 'test' }
    expect((await house.rooms.entitlements.credit(wish, house.clock.now())).ok).toBe(true)
    expect((await ask('one more')).ok).toBe(true)
    expect(await ask('two more', 'glm-5')).toMatchObject({ ok: false, no: { code: 'model_not_in_plan' } })
    const better = { memberId, plan: 'pro', months: 1, source: 'grant' }
    expect((await house.rooms.entitlements.grant(better, house.clock.now())).ok).toBe(true)
    expect(await ask('n 1')).toMatchObject({ ok: true, value: { plan: 'pro' } })
    expect((await ask('three more', 'glm-5')).ok).toBe(true)
    expect(await faultsOfBooks(house)).toEqual([])
  })
})
