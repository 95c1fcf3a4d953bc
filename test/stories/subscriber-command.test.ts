import { instant } from '@codeplan/core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { ask } from '../house/ask.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { Trial } from '../house/trial.ts'

let house: House
let member: Subscriber
beforeAll(async () => {
  house = await openHouse({ runningClock: true })
  member = await house.subscriber('pro')
})
afterAll(() => house.close())

const told = (key: string) => ({ env: { CODEPLAN_HOST: house.url, CODEPLAN_KEY: key } })

test('S4 S16: setup takes the plan’s own models, and the tool that it has set up is served', async () => {
  using trial = new Trial()
  trial.now = Date.now()
  const { exit, err } = await trial.run('setup --tool claude-code,opencode --model opus=glm-5 --yes', told(member.key))
  expect([exit, err]).toEqual([0, ''])
  const { env } = JSON.parse((await trial.read('.claude/settings.json')) ?? '')
  expect(env.ANTHROPIC_DEFAULT_OPUS_MODEL).toBe('glm-5')
  const { provider } = JSON.parse((await trial.read('.config/opencode/opencode.json')) ?? '')
  expect(Object.keys(provider.codeplan.models)).toEqual(expect.arrayContaining(['glm-5', 'glm-4.7', 'glm-4.5-air']))
  expect(env.ANTHROPIC_BASE_URL).toBe(`${house.url}/api/anthropic`)
  const heard = await ask(house.url, env.ANTHROPIC_AUTH_TOKEN, {
    wire: 'anthropic',
    text: 'one',
    headers: { 'user-agent': 'claude-cli/2' },
  })
  expect(heard.status).toBe(200)
  await house.rooms.entitlements.drain()

  // What setup has kept is enough for all that follows.
  const doctor = await trial.run('doctor')
  expect([doctor.exit, doctor.out]).toEqual([0, expect.stringContaining('Claude Code: ')])
  const usage = await trial.run('usage')
  expect([usage.exit, usage.out]).toEqual([
    0,
    expect.stringMatching(/5 h .*[1-3]\/400 .*claude-code {2}[1-3] {2}1 calls/s),
  ])
  expect(JSON.parse((await trial.run('usage --json')).out).standing.subscriptions[0].plan).toBe('pro')
  const line = await trial.run('statusline', { input: '{"model":{"display_name":"GLM-5"}}' })
  expect([line.exit, line.out]).toEqual([0, expect.stringMatching(/^GLM-5 · 5 h .*0% ?.*↻.* · week /)])
})

test('S1: a model that the plan does not have is refused before anything is written', async () => {
  using trial = new Trial()
  const lite = await house.subscriber('lite')
  const { exit, err } = await trial.run('setup --tool claude-code --model glm-5 --yes', told(lite.key))
  expect([exit, err]).toEqual([2, expect.stringContaining('the plan has no model "glm-5"; it has glm-4.7')])
  expect(await trial.read('.claude/settings.json')).toBeUndefined()
})

test('doctor tells what was refused lately and why, a plan that is none, a key that is wrong', async () => {
  using trial = new Trial()
  trial.now = Date.now()
  const script = { 'user-agent': 'curl/8' }
  await ask(house.url, member.key, { wire: 'openai', text: 'from a script', headers: script })
  await house.rooms.entitlements.drain()
  await expect
    .poll(async () => (await trial.run('doctor', told(member.key))).out)
    .toMatch(/\[1113\].*\n.*use a tool that the plan serves/)

  const nobody = await house.subscriber()
  expect(await trial.run('doctor --json', told(nobody.key))).toMatchObject({
    exit: 1,
    out: expect.stringContaining('"no-plan"'),
  })
  const wrong = member.key.replace(/.$/, member.key.endsWith('z') ? 'y' : 'z')
  expect(await trial.run('doctor --lang zh', told(wrong))).toMatchObject({
    exit: 1,
    out: expect.stringContaining('拒绝了该 Key'),
  })
  expect((await trial.run('setup --tool codex --yes', told(wrong))).exit).toBe(3)
  expect((await trial.run('usage', told(wrong))).exit).toBe(3)
})

test('the status line asks at most every 20 seconds, and goes on with what it knew when the server is away', async () => {
  using trial = new Trial()
  trial.now = instant(Date.now())
  const first = await trial.run('statusline', told(member.key))
  const saved = JSON.parse((await trial.read('.config/codeplan/standing.json')) ?? '')
  await trial.write(
    '.config/codeplan/standing.json',
    JSON.stringify({ ...saved, standing: { ...saved.standing, subscriptions: [] } }),
  )
  expect((await trial.run('statusline', told(member.key))).out).toContain('no plan is running')
  trial.now += 20_000
  expect((await trial.run('statusline', told(member.key))).out).toBe(first.out)
  trial.now += 20_000
  await trial.write('.config/codeplan/standing.json', JSON.stringify({ ...saved, host: 'http://127.0.0.1:9' }))
  const away = { env: { CODEPLAN_HOST: 'http://127.0.0.1:9', CODEPLAN_KEY: member.key } }
  expect((await trial.run('statusline', away)).out).toBe(first.out)
})
