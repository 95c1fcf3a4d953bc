import { connect } from 'node:net'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { checkBooks, eventById } from '../../apps/server/src/entitlements/index.ts'
import { begin, CALL, readAll, send, writeQuestion } from '../house/ask.ts'
import { testDatabaseUrl } from '../house/house.ts'
import { openPlace, type Place } from '../house/place.ts'
import { startServer, type ServerProcess } from '../house/process.ts'
import { addSubscriber, withRoomsOf } from '../house/rooms-of.ts'
import { until } from '../house/until.ts'

const DRAIN_MS_MAX = 4_000

describe('SIGTERM', () => {
  let place: Place
  let server: ServerProcess
  let key: string
  beforeAll(async () => {
    place = await openPlace({
      serverUrl: testDatabaseUrl,
      catalog: (source) => source.replace('drain_ms_max: 30000 ', `drain_ms_max: ${DRAIN_MS_MAX} `),
    })
    key = (await addSubscriber(place.env, { email: 'ada@example.org', plan: 'max' })).key
  })
  beforeEach(async () => {
    server = await startServer(place.env)
  })
  afterEach(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  afterAll(() => place.close())

  const stream = (text: string) => begin(server.url, key, { text, stream: true })
  const refusesCalls = (): Promise<boolean> =>
    send(`${server.url}/healthz`, {}).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
    )
  /** After the server has ended: every call has its receipt, nothing is held, the books agree. */
  const expectSettled = (endings: Readonly<Record<string, string>>): Promise<void> =>
    withRoomsOf(place.env, async (rooms) => {
      const told: Record<string, string> = {}
      for (const id of Object.keys(endings)) told[id] = (await eventById(rooms.db.queries, id))?.ending ?? 'open'
      expect(told).toEqual(endings)
      expect(await checkBooks(rooms, rooms.clock.now())).toMatchObject({ openHolds: 0, faults: [] })
    })

  test('F95: running streams finish, those whose client has left are settled, new calls are refused, exit 0', async () => {
    const left = await stream('left [[fault=tokens:500,rate:50]]')
    await new Promise((first) => left.once('data', first))
    const running = await Promise.all([1, 2, 3].map((n) => stream(`stream ${n} [[fault=tokens:60,rate:50]]`)))
    left.destroy()
    server.kill('SIGTERM')
    await until('new connections are refused', refusesCalls)
    for (const text of await Promise.all(running.map(readAll))) expect(text).toContain('event: message_stop')
    expect(await server.exited).toBe(0)
    const ids = running.map((res) => String(res.headers['x-request-id']))
    await expectSettled({
      ...Object.fromEntries(ids.map((id) => [id, 'completed'])),
      [String(left.headers['x-request-id'])]: 'client_left',
    })
  })

  test('a stream that goes on beyond the named time is ended with an error of its dialect, exit 0', async () => {
    const endless = await stream('endless [[fault=tokens:10000,rate:20]]')
    const started = performance.now()
    server.kill('SIGTERM')
    const text = await readAll(endless).catch(() => '')
    expect(text).toMatch(/event: error\ndata: {"type":"error"/)
    expect(await server.exited).toBe(0)
    // Left alone, the stream would go on for minutes.
    expect(performance.now() - started).toBeGreaterThan(DRAIN_MS_MAX - 500)
    await expectSettled({ [String(endless.headers['x-request-id'])]: 'server_stopped' })
  })

  test('a request that is still being sent does not hold the server up: it is refused, exit 0', async () => {
    const { body, headers } = writeQuestion(key, { text: 'slowly [[fault=tokens:10000,rate:20]]', stream: true })
    const { port, hostname } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    let heard = ''
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString()))
    socket.on('error', () => undefined)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(
      `POST ${CALL.anthropic} HTTP/1.1\r\nhost: x\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`,
    )
    socket.write(body.slice(0, 20))
    const metrics = `${server.url}/metrics`
    await until('the server runs', async () => (await send(metrics, {})).status === 200)
    server.kill('SIGTERM')
    await until('new connections are refused', refusesCalls)
    socket.write(body.slice(20))
    expect(await server.exited).toBe(0)
    expect(heard).toMatch(/^HTTP\/1\.1 503 /)
  })
})
