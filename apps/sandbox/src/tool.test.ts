import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from './tool.ts'
import { type SandboxUpstream, startUpstream } from './upstream.ts'

let upstream: SandboxUpstream
beforeAll(async () => {
  // Claude Code's `role: "system"` among the messages is what a gateway has to take out; here is none.
  upstream = await startUpstream({ strict: false, keepBodies: true })
})
afterAll(() => upstream.close())

const prompt = "Create a file named a.txt in the current directory with exactly this content: it's 'so'"

describe.each(['anthropic', 'openai'] as const)('%s', (dialect) => {
  const run = (extra: object = {}) =>
    runTool({
      base: dialect === 'anthropic' ? upstream.url : `${upstream.url}/v1`,
      key: 'k',
      dialect,
      model: 'glm-4.7',
      prompt,
      ...extra,
    })

  test('does its task in as many calls as it has steps, and one to finish', async () => {
    const done = await run({ steps: 3 })
    expect(done.error).toBeUndefined()
    expect(done).toMatchObject({ status: 200, calls: 4 })
    expect(Object.fromEntries(done.files)).toEqual({ 'a.txt': "it's 'so'" })
    expect(done.text).toContain('Created a.txt.')
    expect(done.usage.outputTokens).toBeGreaterThan(10)
    expect(done.usage.cachedTokens).toBeGreaterThan(100)
    expect(done.usage.cachedTokens).toBeLessThan(done.usage.inputTokens)
  })

  test('its usage is what the upstream counted', async () => {
    const before = upstream.calls().length
    const { usage } = await run()
    const spent = upstream
      .calls()
      .slice(before)
      .map((call) => call.spent)
    expect(usage.inputTokens).toBe(spent.reduce((sum, one) => sum + (one?.prompt ?? 0), 0))
    expect(usage.outputTokens).toBe(spent.reduce((sum, one) => sum + (one?.completion ?? 0), 0))
  })

  test('a second question goes on with the conversation', async () => {
    const first = await run({ sessionId: 's1' })
    const second = await run({
      sessionId: 's1',
      conversation: first.conversation,
      prompt: prompt.replace('a.txt', 'b.txt'),
    })
    expect([...second.files.keys()]).toEqual(['b.txt'])
  })

  test('hangs up in the middle of a stream', async () => {
    const run1 = await run({ hangUpAfterEvents: 3, prompt: `${prompt} [[fault=slow:2,tokens:1000]]` })
    expect(run1).toMatchObject({ status: 200, calls: 1, error: 'hung up' })
    while (upstream.active() > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(upstream.calls().at(-1)?.aborted).toBe(true)
  })

  test('retries what may be retried, as often as it was told to', async () => {
    const healed = await run({ retries: 2, retryDelayMs: 1, prompt: `${prompt} ${dialect} [[fault=503]] [[times=2]]` })
    expect(healed).toMatchObject({ status: 200, calls: 4 })
    const failed = await run({ prompt: `${prompt} [[fault=429]]` })
    expect(failed).toMatchObject({ status: 429, calls: 1, error: 'The sandbox refuses this call on request.' })
    const refused = await run({ retries: 2, retryDelayMs: 1, prompt: `${prompt} [[fault=400]]` })
    expect(refused.calls).toBe(1)
  })

  test.each(['cut:4', 'errorevent', 'garbage', 'restart'])(
    'a stream that goes wrong is an error: %s',
    async (fault) => {
      const broken = await run({ prompt: `${prompt} [[fault=${fault}]]` })
      expect(broken.error).toBeTypeOf('string')
      expect(broken.files.size).toBe(0)
    },
  )

  test('can be stopped from outside, and reports an upstream that is not there', async () => {
    const signal = AbortSignal.abort()
    expect((await run({ signal })).error).toMatch(/abort/i)
    expect((await run({ base: 'http://127.0.0.1:1' })).error).toMatch(/ECONNREFUSED/)
  })

  test('many run side by side over kept connections', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const done = await Promise.all(Array.from({ length: 60 }, (_, n) => run({ agent, prompt: `${prompt}${n}` })))
    agent.destroy()
    expect(done.map(({ files }) => files.get('a.txt'))).toEqual(done.map((_, n) => `it's 'so'${n}`))
  })
})

test('Claude Code is recognised by its headers, its billing line and its metadata', async () => {
  await runTool({ base: upstream.url, key: 'k', dialect: 'anthropic', model: 'm', prompt: 'hi', sessionId: 's9' })
  const call = upstream.calls().at(-1)
  expect(call?.headers).toMatchObject({
    'x-app': 'cli',
    'x-claude-code-session-id': 's9',
    'user-agent': 'claude-cli/2.1.330 (external, cli)',
    authorization: 'Bearer k',
  })
  const body = JSON.stringify(call?.body)
  expect(body).toContain('cc_entrypoint=cli')
  expect(body).toContain(String.raw`\"session_id\":\"s9\"`)
})
