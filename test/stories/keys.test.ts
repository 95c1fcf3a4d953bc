import { createHmac } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createKey, revokeKey } from '../../apps/server/src/identity/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { BASE, CALL, errorOf, send, writeQuestion, type Heard, type Wire, WIRES } from '../house/ask.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { until } from '../house/until.ts'

const MINUTE_MS = 60_000

describe('keys', () => {
  let house: House
  let member: Subscriber
  beforeAll(async () => {
    house = await openHouse()
    member = await house.subscriber('max')
  })
  afterAll(() => house.close())

  let asked = 0
  const present = (headers: Record<string, string>, wire: Wire = 'anthropic'): Promise<Heard> => {
    const { call, body } = writeQuestion('', { text: `who am I? ${++asked}`, wire })
    return send(house.url + call, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
  }
  const sign = (claims: object, secret: string, header: object = { alg: 'HS256', sign_type: 'SIGN' }): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part(header)}.${part(claims)}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  const parts = (): { handle: string; secret: string } => {
    const [handle = '', secret = ''] = member.key.split('.')
    return { handle, secret }
  }

  test('a key is taken as Bearer, bare, and as x-api-key, on both bases', async () => {
    for (const wire of WIRES) {
      for (const headers of [
        { authorization: `Bearer ${member.key}` },
        { authorization: `bearer ${member.key}` },
        { authorization: member.key },
        { 'x-api-key': member.key },
        { authorization: `Bearer ${member.key}`, 'x-api-key': 'something else' },
      ]) {
        expect([headers, (await present(headers, wire)).status]).toEqual([headers, 200])
      }
    }
  })

  test('the signed form of older SDKs is taken with its time in seconds, milliseconds and microseconds', async () => {
    const { handle, secret } = parts()
    const now = house.clock.now()
    for (const timestamp of [Math.floor(now / 1000), now, now * 1000]) {
      const token = sign({ api_key: handle, exp: timestamp + 180_000, timestamp }, secret)
      for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: token }]) {
        expect([timestamp, (await present(headers)).status]).toEqual([timestamp, 200])
      }
    }
  })

  test('a signed form is refused when it is old, from the future, unsigned, signed otherwise or of somebody else', async () => {
    const { handle, secret } = parts()
    const now = house.clock.now()
    const claims = { api_key: handle, exp: now + 180_000, timestamp: now }
    const wrong: Record<string, string> = {
      old: sign({ ...claims, timestamp: now - 11 * MINUTE_MS }, secret),
      'from the future': sign({ ...claims, timestamp: now + 11 * MINUTE_MS }, secret),
      'alg none': sign(claims, secret, { alg: 'none' }),
      'no signature': sign(claims, secret, { alg: 'none' }).replace(/[^.]+$/, ''),
      'alg HS512': sign(claims, secret, { alg: 'HS512' }),
      'wrong secret': sign(claims, 'x'.repeat(16)),
      'empty secret': sign(claims, ''),
      'unknown handle': sign({ ...claims, api_key: 'f'.repeat(32) }, secret),
      'no time': sign({ api_key: handle }, secret),
      'changed claims': sign(claims, secret).replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
    }
    for (const [name, token] of Object.entries(wrong)) {
      const heard = await present({ authorization: `Bearer ${token}` })
      expect([name, heard.status, errorOf(heard).code]).toEqual([name, 401, '401'])
    }
  })

  test('a signed form that was good is refused once it is old, although it is remembered', async () => {
    const { handle, secret } = parts()
    const token = sign({ api_key: handle, exp: 1, timestamp: house.clock.now() }, secret)
    expect((await present({ authorization: token })).status).toBe(200)
    house.clock.advance(11 * MINUTE_MS)
    expect((await present({ authorization: token })).status).toBe(401)
  })

  test('no key and a wrong key are told apart, in the shape of the base', async () => {
    for (const wire of WIRES) {
      const none = await present({}, wire)
      expect([none.status, errorOf(none).code]).toEqual([401, '1001'])
      const wrong = await present({ authorization: `Bearer ${'0'.repeat(32)}.${'a'.repeat(16)}` }, wire)
      expect([wrong.status, errorOf(wrong).code]).toEqual([401, '401'])
      if (wire === 'anthropic') expect(errorOf(wrong).type).toBe('authentication_error')
      for (const path of ['/v1/models', '/models', '/nowhere']) {
        expect((await send(house.url + BASE[wire] + path, { headers: { 'x-api-key': 'no' } })).status).toBe(401)
      }
    }
  })

  test('a revoked key is refused at once, also in its signed form; the other keys of the person go on', async () => {
    const made = await createKey(
      house.rooms.db,
      house.rooms.seal,
      { email: member.email, name: 'second' },
      house.clock.now(),
    )
    if (!made.ok) throw new Error(made.no)
    const { key, id, handle } = made.value
    const token = sign({ api_key: handle, timestamp: house.clock.now() }, key.slice(33))
    expect((await present({ authorization: key })).status).toBe(200)
    expect((await present({ authorization: token })).status).toBe(200)
    expect(await house.rooms.db.tx((tx) => revokeKey(tx, id, house.clock.now()))).toBe(true)
    await until('the key is refused', async () => (await present({ authorization: key })).status === 401, 1_000)
    expect((await present({ authorization: token })).status).toBe(401)
    expect((await present({ authorization: member.key })).status).toBe(200)
    expect(await house.rooms.db.tx((tx) => revokeKey(tx, id, house.clock.now()))).toBe(false)
  })

  test('F31: no form of the key and no path of the bases gets a call past a full window', async () => {
    await house.applyCatalog((source) => source.replace('prompts: 1600 ', 'prompts: 1 '))
    const full = await house.subscriber('max')
    expect((await present({ authorization: full.key })).status).toBe(200)
    const [handle = '', secret = ''] = full.key.split('.')
    const token = sign({ api_key: handle, timestamp: house.clock.now() }, secret)
    const before = house.upstream.calls().length
    for (const wire of WIRES) {
      const paths = [CALL[wire], `${CALL[wire]}?beta=true`, `${CALL[wire]}/`]
      for (const headers of [
        { authorization: `Bearer ${full.key}` },
        { authorization: full.key },
        { 'x-api-key': full.key },
        { authorization: `Bearer ${token}` },
      ]) {
        for (const path of paths) {
          for (const stream of [true, false]) {
            const { body } = writeQuestion('', { text: `one more ${++asked}`, wire, stream })
            const heard = await send(house.url + path, {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...headers },
              body,
            })
            expect([path, heard.status, errorOf(heard).code]).toEqual([path, 429, '1308'])
          }
        }
      }
      for (const other of ['/v1/completions', '/v1/messages/batches', '/v1/messages/count_tokens', '/embeddings']) {
        const { body } = writeQuestion('', { text: `another way ${++asked}`, wire })
        await send(`${house.url}${BASE[wire]}${other}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: full.key },
          body,
        })
      }
    }
    expect(house.upstream.calls().length).toBe(before)
  })

  test('the text of a key has its published shape and never contains the words api or key', async () => {
    for (let n = 0; n < 200; n++) {
      const made = await createKey(house.rooms.db, house.rooms.seal, { email: member.email, name: `k${n}` }, 1 as never)
      if (!made.ok) throw new Error(made.no)
      expect(made.value.key).toMatch(/^[0-9a-f]{32}\.[0-9A-Za-z]{16}$/)
      expect(made.value.key).not.toMatch(/api|key/i)
    }
  })

  test('no secret stands in the database as it is', async () => {
    const { handle, secret } = parts()
    await present({ authorization: member.key })
    await house.rooms.entitlements.drain()
    const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(house.rooms.db.queries)
    expect(tables.rows.length).toBeGreaterThan(10)
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ text: string }>`select to_jsonb(t)::text as text from ${sql.id(name)} t`.execute(
        house.rooms.db.queries,
      )
      const text = rows.map((row) => row.text).join('\n')
      expect([name, text.includes(secret)]).toEqual([name, false])
      if (name === 'keys') expect(text).toContain(handle)
    }
  })
})
