import { micros } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createKey, revokeKey, suspendMember } from '../../apps/server/src/identity/index.ts'
import { ask, begin, CALL, readAll, type Heard, type Wire } from '../house/ask.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { until } from '../house/until.ts'
import { writePages } from '../refusals/pages.ts'
import { expectWritten } from '../refusals/written.ts'

/** Where the calls go: the bases of the plan, and the one that the balance pays. */
const PATHS: readonly { readonly wire: Wire; readonly path: string }[] = [
  { wire: 'anthropic', path: CALL.anthropic },
  { wire: 'openai', path: CALL.openai },
  { wire: 'responses', path: CALL.responses },
  { wire: 'openai', path: '/api/paas/v4/chat/completions' },
]
type Path = (typeof PATHS)[number]

/** Who calls: a tool that takes 429 with x-should-retry: false for final, one that repeats every 429, and no tool at all. */
const AGENTS = {
  'Claude Code': 'claude-cli/2.1.330 (external, cli)',
  OpenCode: 'opencode/1.18.33',
  'a script': 'OpenAI/JS 7.57.0',
} as const

interface Situation {
  readonly key: string
  readonly model?: string
}

describe('F50 F52 F90: every reason has its own code, on every wire, for every kind of client, in both languages', () => {
  let house: House
  let situations: ReadonlyMap<string, Situation>
  let running: Promise<string>

  beforeAll(async () => {
    house = await openHouse({
      catalog: (source) =>
        source
          .replace('prompts: 80 }', 'prompts: 1 }')
          .replace('prompts: 2000 }', 'prompts: 1 }')
          .replace('concurrency: 30\n', 'concurrency: 1\n')
          .replace(/wait_ms_max: \d+/, 'wait_ms_max: 0'),
    })
    situations = await prepare()
  })
  afterAll(async () => {
    await house.close()
    await running.catch(() => '')
  })

  async function prepare(): Promise<ReadonlyMap<string, Situation>> {
    const { rooms, clock } = house
    const expired = await house.subscriber('lite')
    clock.advance(40 * 86_400_000)
    const without = await house.subscriber()
    const good = await house.subscriber('max')
    const [lite, five, week, suspended, busy] = await Promise.all(
      ['lite', 'lite', 'pro', 'max', 'max'].map((plan) => house.subscriber(plan)),
    )
    const more = async (owner: Subscriber, allowed?: readonly string[]) => {
      const made = await createKey(
        rooms.db,
        rooms.seal,
        { email: owner.email, name: '', ...(allowed ? { allowed } : {}) },
        clock.now(),
      )
      if (!made.ok) throw new Error(made.no)
      return made.value
    }
    const paying = await house.subscriber()
    for (const { memberId } of [paying, expired]) {
      const gift = { memberId, amount: micros(1_000_000_000), note: '', idempotencyKey: memberId }
      await rooms.entitlements.addBalance(gift, clock.now())
    }
    const revoked = await more(good)
    await rooms.db.tx((tx) => revokeKey(tx, revoked.id, clock.now()))
    const elsewhere = await more(good, ['192.0.2.0/24'])
    await rooms.db.tx((tx) => suspendMember(tx, suspended?.memberId ?? '', clock.now()))
    for (const full of [five, week]) await ask(house.url, full?.key ?? '', { text: 'the only one' })
    await rooms.entitlements.drain()
    const stream = await begin(house.url, busy?.key ?? '', { text: 'long [[fault=tokens:400,rate:2]]', stream: true })
    running = readAll(stream)
    running.catch(() => '')
    await until('the suspension is heard', async () => {
      return (await ask(house.url, suspended?.key ?? '', { text: 'heard?' })).status === 429
    })
    return new Map<string, Situation>([
      ['no key', { key: '' }],
      ['a wrong or revoked key', { key: revoked.key }],
      ['a key that is allowed elsewhere', { key: elsewhere.key }],
      ['the member is suspended', { key: suspended?.key ?? '' }],
      ['never had a plan', { key: without.key }],
      ['never had a plan, but a balance', { key: paying.key }],
      ['the plan has expired, but a balance', { key: expired.key }],
      ['a plan', { key: good.key }],
      ['an unknown model', { key: good.key, model: 'glm-0' }],
      ['a model that the plan lacks', { key: lite?.key ?? '', model: 'glm-5' }],
      ['the 5-hour window is full', { key: five?.key ?? '' }],
      ['the week is full', { key: week?.key ?? '' }],
      ['as many calls as the plan allows', { key: busy?.key ?? '' }],
    ])
  }

  let asked = 0
  const call = (
    { wire, path }: Path,
    { key, model = 'glm-4.7' }: Situation,
    agent: string,
    language: string,
  ): Promise<Heard> =>
    ask(house.url, key, {
      wire,
      path,
      model,
      text: `${++asked}`,
      headers: { 'user-agent': agent, 'accept-language': language, ...(key === '' ? { authorization: '' } : {}) },
    })

  test('the table in docs/errors.md is what the server does', async () => {
    const rows = [
      `| situation | client | ${PATHS.map(({ path }) => `\`${path}\``).join(' | ')} |`,
      `|---|---|${PATHS.map(() => '---|').join('')}`,
    ]
    for (const [name, situation] of situations)
      for (const [client, agent] of Object.entries(AGENTS)) {
        const cells = []
        for (const path of PATHS) {
          const en = await call(path, situation, agent, 'en')
          if (en.status !== 200) sameInChinese(en, await call(path, situation, agent, 'zh-CN'))
          cells.push(cell(en))
        }
        rows.push(`| ${name} | ${client} | ${cells.join(' | ')} |`)
      }
    expectWritten('errors.md', rows.join('\n'), 'matrix')
  })

  test('each code has a page, in both languages', () => {
    for (const [file, text] of writePages()) expectWritten(`errors/${file}`, text)
  })
})

function cell({ status, headers, text }: Heard): string {
  if (status === 200) return '200'
  const after = headers['retry-after'] === undefined ? '' : `, wait ${headers['retry-after']} s`
  return `${JSON.parse(text).error.code} (${status}${after})`
}

/** Another language, the same answer; and never a refusal without what helps. */
function sameInChinese(en: Heard, zh: Heard): void {
  expect([zh.status, zh.headers['content-language'], en.headers['content-language']]).toEqual([
    en.status,
    'zh-CN',
    'en',
  ])
  const [english, chinese] = [JSON.parse(en.text).error, JSON.parse(zh.text).error]
  expect(chinese.code).toBe(english.code)
  expect(chinese.message).toMatch(/\p{Script=Han}/u)
  expect(english.message).not.toMatch(/\p{Script=Han}/u)
  expect(english.detail).toMatchObject({
    helps: expect.any(Array),
    docs: expect.stringMatching(/^\/docs\/errors\/\d+\.md$/),
  })
  // Waiting helps, or the tool is told that it does not.
  expect((en.headers['retry-after'] === undefined) === (en.headers['x-should-retry'] === 'false')).toBe(true)
}
