import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, begin, beginUnheard, errorOf, readAll, type Question, type Wire, CLIENT_WIRES } from '../house/ask.ts'
import { drawn, faultsOfBooks, lastReceipt, receiptOf } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'
import { until } from '../house/until.ts'

/** A model behind each kind of upstream, so that every pair of wires is crossed. */
const MODELS = ['glm-4.7', 'glm-4.6'] as const
const PAIRS = CLIENT_WIRES.flatMap((wire) => MODELS.map((model) => ({ wire, model })))
const ANSWER_TOKENS = 400

describe('what a call counts, by how it ended', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  const hangUpAfter = async (key: string, question: Question, bytes: number): Promise<string> => {
    const res = await begin(house.url, key, { ...question, stream: true })
    let read = 0
    await new Promise<void>((heardEnough) => {
      res.on('data', (part: Buffer) => {
        read += part.length
        if (read >= bytes) heardEnough()
      })
    })
    res.destroy()
    return String(res.headers['x-request-id'])
  }

  test.each(PAIRS)(
    'F01: $wire to $model, left in the middle: what was generated is settled once, the upstream is stopped',
    async (pair) => {
      const member = await house.subscriber('lite')
      const text = `a long story ${pair.wire} [[fault=tokens:${ANSWER_TOKENS},rate:200]]`
      const id = await hangUpAfter(member.key, { ...pair, text }, 6_000)
      const receipt = await receiptOf(house, id)
      expect(receipt).toMatchObject({ ending: 'client_left', billable: true, charge: 1_000_000 })
      expect(receipt.input_tokens).toBeGreaterThan(0)
      expect(receipt.output_tokens).toBeGreaterThan(5)
      expect(receipt.output_tokens).toBeLessThan(ANSWER_TOKENS)
      await until('the upstream hears of it', () => house.upstream.calls().at(-1)?.aborted)
      expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 1, settled: 1 } })
    },
  )

  test.each(PAIRS)(
    'F06: $wire to $model, left before the first byte: the question counts, no answer is charged',
    async (pair) => {
      const member = await house.subscriber('lite')
      const text = `nobody waits for this ${pair.wire} ${pair.model} [[fault=never]]`
      for (const stream of [true, false]) {
        const active = house.upstream.active()
        const call = beginUnheard(house.url, member.key, { ...pair, text, stream })
        await until('the upstream works on it', () => house.upstream.active() > active)
        call.hangUp()
        await until('the upstream is stopped', () => house.upstream.active() === active)
        await until('the call is settled', async () => (await drawn(house, member)).inFlight === 0)
        const receipt = await lastReceipt(house, member)
        expect(receipt).toMatchObject({ ending: 'client_left_early', billable: true, output_tokens: 0 })
      }
      // Twice the same question: a retry, one prompt.
      expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
    },
  )

  test('F04: repeated early disconnects of different questions are never free', async () => {
    const member = await house.subscriber('lite')
    for (let n = 1; n <= 3; n++) {
      await hangUpAfter(member.key, { text: `left early ${n} [[fault=tokens:300,rate:200,nousage]]` }, 500)
      await until('it is counted', async () => (await drawn(house, member)).five_hour.settled === n)
    }
    expect((await drawn(house, member)).inFlight).toBe(0)
  })

  test.each(PAIRS)(
    'F10: $wire to $model, refused by the upstream before the first byte: no prompt is used',
    async (pair) => {
      const member = await house.subscriber('lite')
      const cases: readonly (readonly [string, number, string])[] = [
        ['500', 502, '1234'],
        ['503', 429, '1305'],
        ['429', 429, '1305'],
        ['400', 400, '1210'],
        ['cut:0', 502, '1234'],
      ]
      for (const [fault, status, code] of cases) {
        for (const stream of [true, false]) {
          const text = `${pair.wire} ${stream} [[fault=${fault}]]`
          const heard = await ask(house.url, member.key, { ...pair, text, stream })
          expect([fault, stream, heard.status, errorOf(heard).code]).toEqual([fault, stream, status, code])
          const receipt = await receiptOf(house, heard.id)
          expect([receipt.billable, receipt.charge, receipt.output_tokens]).toEqual([false, 0, 0])
        }
      }
      expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 0, settled: 0 } })
    },
  )

  test('F10: a question that failed and is asked again counts once', async () => {
    const member = await house.subscriber('lite')
    const question = { text: 'try me twice [[fault=500]] [[times=1]]' }
    expect((await ask(house.url, member.key, question)).status).toBe(502)
    expect((await ask(house.url, member.key, question)).status).toBe(200)
    expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
  })

  test.each(PAIRS)(
    'F10: $wire to $model, cut or begun anew by the upstream in the middle: the client is told, no prompt is used',
    async (pair) => {
      const member = await house.subscriber('lite')
      for (const fault of ['cut:8', 'errorevent:8', 'restart']) {
        const text = `broken ${pair.wire} [[fault=tokens:50,rate:500,${fault}]]`
        const heard = await ask(house.url, member.key, { ...pair, text, stream: true })
        expect(heard.status).toBe(200)
        expect(heard.text).toMatch(
          {
            anthropic: /^event: error$/m,
            openai: /"finish_reason":"network_error"|"error":\{/,
            responses: /^event: response.failed$/m,
          }[pair.wire],
        )
        expect(heard.text).not.toMatch(/message_stop|response\.completed/)
        // Nothing of a second answer (wire contract §5.2).
        const opening = {
          anthropic: /^event: message_start$/gm,
          openai: /"role":"assistant"/g,
          responses: /^event: response.created$/gm,
        }[pair.wire]
        expect(heard.text.match(opening)).toHaveLength(1)
        expect(heard.text).not.toMatch(/"finish_reason":"(stop|length)"/)
        expect(await receiptOf(house, heard.id)).toMatchObject({ ending: 'upstream_cut', billable: false, charge: 0 })
      }
      expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 0, settled: 0 } })
    },
  )

  test.each(PAIRS)(
    'F04: $wire to $model without usage from the upstream: counted here and marked as an estimate',
    async (pair) => {
      const member = await house.subscriber('lite')
      for (const stream of [true, false]) {
        const text = `uncounted ${pair.wire} ${stream} [[fault=tokens:100,nousage]]`
        const heard = await ask(house.url, member.key, { ...pair, text, stream })
        const receipt = await receiptOf(house, heard.id)
        expect(receipt).toMatchObject({ ending: 'completed', billable: true, charge: 1_000_000 })
        expect(receipt.details).toMatchObject({ tokensFrom: 'estimate' })
        expect(receipt.input_tokens).toBeGreaterThan(0)
        expect(receipt.output_tokens).toBeGreaterThan(0)
      }
    },
  )

  test.each(PAIRS)('F18: $wire to $model, nonsense in the usage is clamped and marked', async (pair) => {
    const member = await house.subscriber('lite')
    const heard = await ask(house.url, member.key, {
      ...pair,
      text: `absurd ${pair.wire} [[fault=absurd]]`,
      stream: true,
    })
    const receipt = await receiptOf(house, heard.id)
    expect(receipt.details).toMatchObject({ tokensFrom: 'estimate' })
    for (const tokens of [receipt.input_tokens, receipt.cache_read_tokens, receipt.output_tokens]) {
      expect(tokens).toBeGreaterThanOrEqual(0)
    }
    expect(receipt.cache_read_tokens).toBeLessThan(1_000_000)
  })

  test.each(MODELS)(
    'F05: usage of %s is had although the client did not ask, and is not shown to it',
    async (model) => {
      const member = await house.subscriber('lite')
      const heard = await ask(house.url, member.key, {
        wire: 'openai',
        model,
        text: 'silent about usage',
        stream: true,
      })
      expect(heard.text).toContain('data: [DONE]')
      expect(heard.text).not.toMatch(/"usage":\{/)
      expect(heard.text).not.toMatch(/"choices":\[\]/)
      const receipt = await receiptOf(house, heard.id)
      expect(receipt.details).toMatchObject({ tokensFrom: 'upstream' })
      expect(receipt.output_tokens).toBeGreaterThan(0)

      const fields = { stream_options: { include_usage: true } }
      const asked = await ask(house.url, member.key, { wire: 'openai', model, text: 'and now?', stream: true, fields })
      expect(asked.text).toMatch(/"usage":\{"prompt_tokens":\d+/)
    },
  )

  test('a clock that is set half an hour ahead makes no upstream silent, before its first byte or after it', async () => {
    const member = await house.subscriber('max')
    // Longer than the second after which silence is looked for, in real time.
    const asked = ['late:2200', 'slow:300,tokens:8'].map((fault) =>
      ask(house.url, member.key, { text: `while the clock is set [[fault=${fault}]]`, stream: true }),
    )
    await until('both upstreams work', () => house.upstream.active() === 2)
    house.clock.set(30 * 60_000)
    for (const heard of await Promise.all(asked)) {
      expect(heard.status).toBe(200)
      expect(await receiptOf(house, heard.id)).toMatchObject({ ending: 'completed' })
    }
  })

  test.each(PAIRS)(
    'F10: $wire to $model, longer than total_ms_max: ended before and after the first byte, the client is told, no prompt is used',
    async (pair) => {
      await house.applyCatalog((source) => source.replace('total_ms_max: 3600000', 'total_ms_max: 60000'))
      const member = await house.subscriber('lite')
      const calls = ['never', 'slow:600000'].map((fault) =>
        begin(house.url, member.key, { ...pair, text: `without end [[fault=${fault}]]`, stream: true }),
      )
      await until('both upstreams work', () => house.upstream.active() === 2)
      const res = await (calls[1] as (typeof calls)[number])
      const text = readAll(res)
      house.clock.advance(60_000)
      const unbegun = await (calls[0] as (typeof calls)[number])
      expect(unbegun.statusCode).toBe(502)
      expect(await readAll(unbegun)).toContain('it took too long')
      expect(await text).toContain('it took too long')
      for (const { headers } of [unbegun, res]) {
        const receipt = await receiptOf(house, String(headers['x-request-id']))
        expect(receipt).toMatchObject({ ending: 'out_of_time', billable: false, charge: 0 })
      }
      await until('both upstreams are stopped', () => house.upstream.active() === 0)
      expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 0, settled: 0 } })
      await house.applyCatalog((source) => source)
    },
  )

  test('F71: after 120 calls of every ending no slot, no hold and no connection is left', async () => {
    const member = await house.subscriber('max')
    const faults = [
      'none',
      '500',
      'cut:0',
      'cut:4',
      'errorevent:3',
      'garbage:2',
      'nousage',
      'never',
      'rate:100,tokens:80',
    ]
    const one = async (n: number): Promise<void> => {
      const wire = CLIENT_WIRES[n % 3] as Wire
      const fault = faults[n % faults.length] as string
      const question = { wire, model: MODELS[n % 3 === 0 ? 1 : 0], text: `mixed ${n} [[fault=${fault}]]` }
      if (fault === 'never') {
        const call = beginUnheard(house.url, member.key, { ...question, stream: n % 4 === 0 })
        await until('it has begun', () => house.upstream.calls().some((c) => c.prompt.startsWith(`mixed ${n} `)))
        return call.hangUp()
      }
      if (fault.startsWith('rate')) {
        const res = await begin(house.url, member.key, { ...question, stream: true })
        if (res.statusCode === 200) await new Promise((first) => res.once('data', first))
        return void res.destroy()
      }
      const res = await begin(house.url, member.key, { ...question, stream: n % 5 !== 0 })
      await readAll(res).catch(() => '')
    }
    for (let from = 0; from < 120; from += 12) {
      await Promise.all(Array.from({ length: 12 }, (_, i) => one(from + i)))
    }
    await until('nothing runs any more', () => house.app.gateway.inFlight() === 0 && house.upstream.active() === 0)
    expect((await drawn(house, member)).inFlight).toBe(0)
    expect(await faultsOfBooks(house)).toEqual([])
  })
})
