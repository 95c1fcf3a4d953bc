import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { COMMANDS } from '../../apps/server/src/commands/list.ts'
import { run } from '../../apps/server/src/commands/run.ts'
import { lockFolder } from '../../apps/server/src/platform/index.ts'
import { ask } from '../house/ask.ts'
import { testDatabaseUrl } from '../house/house.ts'
import { openPlace, type Place } from '../house/place.ts'
import { BIN, runCommand, runNode, startServer, type ServerProcess } from '../house/process.ts'
import { until } from '../house/until.ts'
import { consoleSteps, type Data, type Step } from './console-steps.ts'

/** A line of `codeplan-server …` in this process, as main.ts would run it. */
async function line(env: Readonly<Record<string, string>>, ...words: string[]) {
  let out = ''
  let err = ''
  const code = await run(words, { ...env }, { out: (text) => void (out += text), err: (text) => void (err += text) })
  return { code, out, err }
}

/** The same with `--json`: standard output is one line of JSON and nothing else. */
async function json(env: Readonly<Record<string, string>>, ...words: string[]): Promise<Data & { exit: number }> {
  const { code, out } = await line(env, ...words, '--json')
  expect(out.endsWith('\n')).toBe(true)
  expect(out.trim().split('\n')).toHaveLength(1)
  return { ...(JSON.parse(out) as Data), exit: code }
}

/** What an operator does on the first day, as far as each line pays for opening the embedded database. */
async function firstSteps(place: Place, step: Step): Promise<Data> {
  expect(await step('migrate')).toMatchObject({ exit: 0, applied: [] })
  expect(await step('member', 'add', EMAIL, '--name', 'Ada')).toMatchObject({ exit: 0, email: 'ada@example.org' })
  const granted = await step('grant', EMAIL, 'pro', '--months', '3')
  expect(granted).toMatchObject({ exit: 0, plan: 'pro', subscription: expect.stringMatching(/^sub_/) })
  const made = await step('key', 'create', EMAIL, '--name', 'laptop')
  expect(made).toMatchObject({ exit: 0, key: expect.stringMatching(/^[0-9a-f]{32}\.[0-9A-Za-z]{16}$/) })
  const windows = [
    { limit: 400, used: 0 },
    { limit: 2000, used: 0 },
  ]
  const usage = await step('usage', EMAIL)
  expect(usage).toMatchObject({ exit: 0, subscriptions: [{ plan: 'pro', running: true, windows }] })
  expect(await step('catalog', 'check', place.catalogFile)).toMatchObject({ exit: 0, ok: true, plans: 3 })
  const empty = join(place.folder, 'export.jsonl')
  writeFileSync(empty, '')
  expect(await step('recompute', empty)).toMatchObject({ exit: 1, error: expect.stringContaining('codeplan-export') })
  expect(await step('doctor')).toMatchObject({ exit: 0, ok: true })
  return made
}

/** All other commands, and what they refuse. */
async function furtherSteps(place: Place, step: Step, made: Data): Promise<void> {
  const refuses = async (words: readonly string[], why: string): Promise<void> => {
    expect([words, await step(...words)]).toMatchObject([words, { exit: 1, error: expect.stringContaining(why) }])
  }
  const listed = await step('key', 'list', EMAIL)
  expect(listed.keys).toMatchObject([{ name: 'laptop', begins_with: String(made.key).slice(0, 8), revoked: false }])
  expect(JSON.stringify(listed)).not.toContain(String(made.key).slice(33))
  const added = ['balance', 'add', EMAIL, '49.90', '--note', 'a gift', '--once', 'gift-1']
  expect(await step(...added)).toMatchObject({ exit: 0, posted: true, balance: '49.90', currency: 'CNY' })
  expect(await step(...added)).toMatchObject({ exit: 0, posted: false, balance: '49.90' })
  expect(await step('balance', 'add', EMAIL, '-9.90')).toMatchObject({ exit: 0, balance: '40.00' })
  await refuses(['balance', 'add', EMAIL, 'much'], 'CNY')
  await refuses(['balance', 'add', EMAIL, '-40.01'], '40.00 CNY')
  expect(await step('overflow', EMAIL, 'on', '--cap', '12.50')).toMatchObject({ exit: 0, monthly_cap: '12.50' })
  await refuses(['overflow', EMAIL, 'perhaps'], 'on or off')
  expect(await step('balance', 'show', EMAIL)).toMatchObject({ exit: 0, balance: '40.00', overflow: { on: true } })
  expect(await step('catalog', 'apply', place.catalogFile)).toMatchObject({ exit: 0, changed: false, version: 1 })
  await refuses(['explain', '2026030209000000000000000000000000'], 'x-request-id')
  expect(await step('clock')).toMatchObject({ exit: 0, now: expect.stringMatching(/^\d{4}-/) })
  await refuses(['clock', '+3d'], 'CODEPLAN_SANDBOX')
  await refuses(['seed', '--members', '20'], 'members')
  expect(await step('credit', EMAIL, 'week', '5', '--reason', 'an outage')).toMatchObject({ exit: 0, limit: 2005 })
  await refuses(['credit', EMAIL, 'week', '5'], '--reason')
  expect(await step('economics')).toMatchObject({ exit: 0, plans: expect.anything() })
  expect(await step('capacity')).toMatchObject({ exit: 0, hours: [] })
  await refuses(['capacity', '--hours', '0'], 'whole number')
  await refuses(['member', 'add', EMAIL], 'already')
  await refuses(['member', 'suspend', EMAIL], '--reason')
  expect(await step('member', 'suspend', EMAIL, '--reason', 'shared')).toMatchObject({ exit: 0, suspended: true })
  expect(await step('member', 'restore', EMAIL, '--reason', 'talked')).toMatchObject({ exit: 0, restored: true })
  await refuses(['key', 'create', EMAIL, '--allow', 'home'], '10.0.0.0/8')
  await refuses(['member', 'add', 'nobody'], 'e-mail')
  await refuses(['grant', EMAIL, 'gold'], 'lite, pro, max')
  await refuses(['grant', EMAIL, 'pro', '--months', '0'], 'whole number')
  await refuses(['grant', 'no@example.org', 'pro'], 'member add')
  await consoleSteps(EMAIL, step, refuses)
  expect(await step('key', 'revoke', String(made.id))).toMatchObject({ exit: 0, revoked: made.id })
  await refuses(['key', 'revoke', String(made.id)], 'key list')
  expect(await step('doctor')).toMatchObject({ exit: 0, ok: true })
}

const EMAIL = 'Ada@example.org'
const IN_USE = 'another server uses this folder; stop it, or set CODEPLAN_DATA'

/** Runs lines with `--json` and remembers which commands have been used. */
function stepsOf(env: Readonly<Record<string, string>>): { step: Step; used: Set<string> } {
  const used = new Set<string>()
  const step: Step = (...words) => {
    used.add(COMMANDS.find(({ name }) => words.join(' ').startsWith(name))?.name ?? '')
    return json(env, ...words)
  }
  return { step, used }
}
const everyCommand = new Set(COMMANDS.map(({ name }) => name))

describe('commands without a running server', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ serverUrl: testDatabaseUrl })
  })
  afterAll(() => place.close())

  test('commands work on a database that nobody has open, and speak JSON', async () => {
    const { step, used } = stepsOf(place.env)
    const made = await firstSteps(place, step)
    // All of them open the database in the same way; where that is cheap, each of them does it here.
    if (!testDatabaseUrl) return
    await furtherSteps(place, step, made)
    expect(used).toEqual(everyCommand)
  }, 120_000)

  test('every command says how it is used when it is misused, with exit code 2', async () => {
    for (const { name, words } of COMMANDS) {
      const tooMany = Array.from({ length: words.max + 1 }, (_, n) => `word${n}`)
      const { code, err } = await line(place.env, ...name.split(' '), ...tooMany)
      expect([name, code, err.includes(`usage: codeplan-server ${name}`)]).toEqual([name, 2, true])
    }
    expect((await line(place.env, 'no', 'such', 'command')).code).toBe(2)
    const help = await line(place.env, '--help')
    expect(help.code).toBe(0)
    for (const { name } of COMMANDS) expect(help.out).toContain(`  ${name} `)
  })

  test('every fault of the environment is listed with its cure', async () => {
    const env = {
      ...place.env,
      PORT: 'many',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
      CODEPLAN_OPERATOR_KEY: 'abc',
    }
    const { code, err } = await line(env, 'doctor')
    expect(code).toBe(1)
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL', 'CODEPLAN_OPERATOR_KEY']) {
      expect(err).toMatch(new RegExp(`^${name}: use `, 'm'))
    }
  })

  test('F23: catalog check lists every fault with its line and cure and ends with 1; apply changes nothing', async () => {
    const file = join(place.folder, 'broken.yaml')
    const source = readFileSync(place.catalogFile, 'utf8')
    const broken = source
      .replace('month: "49.00"', 'month: "a lot"')
      .replace('prompts: 80 ', 'prompts: -1 ')
      .replace('from: "14:00"', 'from: "25:00"')
      .replace('factor: "3"', 'factor: "three"')
      .replace('upstream: sandbox-openai, model: glm-4.7 ', 'upstream: nowhere, model: glm-4.7 ')
      .replace('concurrency: 10', 'concurrencyy: 10')
    writeFileSync(file, broken)
    const lineWith = (text: string): number => broken.split('\n').findIndex((words) => words.includes(text)) + 1
    const { code, err } = await line(place.env, 'catalog', 'check', file)
    expect(code).toBe(1)
    for (const [text, path] of [
      ['"a lot"', 'plans[0].prices.month'],
      ['prompts: -1', 'plans[0].windows[0].prompts'],
      ['"25:00"', 'multipliers[0].from'],
      ['"three"', 'multipliers[0].factor'],
      ['concurrencyy', 'plans[1].concurrencyy'],
    ] as const) {
      expect(err).toMatch(new RegExp(`line ${lineWith(text)}: ${path.replace(/[[\]]/g, '\\$&')}.*: \\w+`))
    }
    // References are judged once the shape is right.
    writeFileSync(
      file,
      source.replace('upstream: sandbox-openai, model: glm-4.7 ', 'upstream: nowhere, model: glm-4.7 '),
    )
    const second = await line(place.env, 'catalog', 'check', file)
    expect([second.code, second.err]).toEqual([
      1,
      expect.stringContaining('no upstream nowhere: add it under upstreams'),
    ])
    const applied = await json(place.env, 'catalog', 'apply', file)
    expect(applied).toMatchObject({ exit: 1, error: expect.stringContaining('nothing was changed') })
    expect(await json(place.env, 'catalog', 'apply', place.catalogFile)).toMatchObject({ changed: false, version: 1 })
  })

  test('an old Node hears a clear word instead of a syntax error', async () => {
    const old = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => existsSync(path))
    const { code, out, err } = old ? await runNode(old, place.env, 'doctor') : { code: 1, out: '', err: wordOfBin() }
    if (code === 1) expect(err).toMatch(/^codeplan needs Node.js 24 .*\n.*npm ci/)
    else expect(out).toContain('database')
    // What says it must itself be readable to any Node: no syntax that is younger than modules.
    expect(readFileSync(BIN, 'utf8')).toMatch(/process\.exit\(1\)\n}\nawait import\(/)
  })
})

const wordOfBin = (): string => readFileSync(BIN, 'utf8').replace(/[^]*?`(codeplan needs[^]*)/, '$1')

describe('commands beside a running server', () => {
  let place: Place
  let server: ServerProcess
  const nowhere = 'base_url: "http://127.0.0.1:9/v1"'
  beforeAll(async () => {
    // The simulation is not named at the start, and so not started.
    const catalog = (source: string): string => source.replaceAll('base_url: sandbox', nowhere)
    place = await openPlace({ serverUrl: testDatabaseUrl, catalog })
    server = await startServer(place.env)
  })
  afterAll(async () => {
    server.kill('SIGTERM')
    await server.exited
    await place.close()
  })

  test('every command works while the server has the database, and the server goes on', async () => {
    const { step, used } = stepsOf(place.env)
    await furtherSteps(place, step, await firstSteps(place, step))
    expect(used).toEqual(everyCommand)
    expect(server.child.exitCode).toBeNull()
  })

  test('member, plan and key are good at once; usage and explain tell what a call cost; catalog apply needs no restart, not even for the simulation', async () => {
    const email = 'grace@example.org'
    const real = await runCommand(place.env, 'member', 'add', email, '--json')
    expect([real.code, real.err]).toEqual([0, ''])
    expect(JSON.parse(real.out)).toMatchObject({ email })
    await json(place.env, 'grant', email, 'lite')
    const { key } = await json(place.env, 'key', 'create', email)
    expect((await ask(server.url, String(key), { model: 'glm-5', text: 'not yet' })).status).toBe(429)
    expect((await ask(server.url, String(key), { text: 'nobody is there' })).status).toBe(502)
    const opened = join(place.folder, 'opened.yaml')
    const source = readFileSync(place.catalogFile, 'utf8')
    const changed = source
      .replace('models: [glm-4.7', 'models: [glm-5, glm-4.7')
      .replaceAll(nowhere, 'base_url: sandbox')
    writeFileSync(opened, changed)
    expect(await json(place.env, 'catalog', 'apply', opened)).toMatchObject({ changed: true })
    const heard = await ask(server.url, String(key), { model: 'glm-5', text: 'now it is' })
    expect(heard.status).toBe(200)
    const told = await json(place.env, 'explain', heard.id)
    expect(told).toMatchObject({ exit: 0, admission: { id: heard.id, model: 'glm-5', promptReason: 'new_question' } })
    const charge = Number(heard.headers['x-codeplan-multiplier'])
    const usage = await json(place.env, 'usage', email)
    expect(usage).toMatchObject({ subscriptions: [{ plan: 'lite', windows: [{ used: charge }, { used: charge }] }] })
    expect(await json(place.env, 'doctor')).toMatchObject({ exit: 0, ok: true })
  })

  test('a second server in the same folder is refused in words', async () => {
    if (testDatabaseUrl) return
    const { code, err } = await runCommand(place.env, 'start')
    expect([code, err]).toEqual([1, `${place.env.CODEPLAN_DATA}: ${IN_USE}\n`])
  })
})

describe('a folder that another process has open, without answering', () => {
  let place: Place
  let release: () => Promise<void>
  beforeAll(async () => {
    place = await openPlace()
    const folder = join(place.folder, 'data', 'db')
    mkdirSync(folder, { recursive: true })
    // As a command has it, from its first moment to its last.
    release = (await lockFolder(folder))?.release ?? (() => Promise.reject(new Error('the lock is not to be had')))
  })
  afterAll(() => place.close())

  test('start waits some seconds for it, says so once, gives up in words, and starts when it is free in time', async () => {
    const waits = `${place.env.CODEPLAN_DATA}: a command or a stopping server has it open; waiting up to 10 s for its end\n`
    const { code, err } = await runCommand(place.env, 'start')
    expect([code, err]).toEqual([1, `${waits}${place.env.CODEPLAN_DATA}: ${IN_USE}\n`])
    let heard = ''
    const starting = startServer(place.env, (text) => (heard += text))
    await until('it waits', () => heard.includes(waits), 60_000)
    await release()
    const server = await starting
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
  }, 120_000)
})

describe('the clock of a sandbox', () => {
  test('clock +5h moves the time of the running server forward, never back', async () => {
    const place = await openPlace({ serverUrl: testDatabaseUrl })
    const env = { ...place.env, CODEPLAN_SANDBOX: '1' }
    const server = await startServer(env)
    try {
      const before = Date.parse(String((await json(env, 'clock')).now))
      const after = Date.parse(String((await json(env, 'clock', '+5h')).now))
      expect(after - before).toBeGreaterThanOrEqual(5 * 3_600_000)
      for (const step of ['+-5h', '-5h', '5h']) expect(await json(env, 'clock', step)).toMatchObject({ exit: 1 })
    } finally {
      server.kill('SIGTERM')
      await server.exited
      await place.close()
    }
  }, 120_000)
})
