import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { registerConsoleFiles } from './console-files.ts'

const SCRIPT = 'console.log("a script that is long enough to be worth it")'.repeat(50)
const BROWSER = { accept: 'text/html,application/xhtml+xml' }

function serverOf(folder: string): FastifyInstance {
  const fastify = Fastify()
  const pages = registerConsoleFiles(fastify, folder)
  fastify.setNotFoundHandler((request, reply) =>
    pages.takes(request) ? pages.page(reply) : reply.code(404).send({ error: { code: 'not_found' } }),
  )
  return fastify
}

describe('the files of the console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'codeplan-console-'))
  let fastify: FastifyInstance
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><html lang="en"><title>Console</title></html>')
    writeFileSync(join(folder, 'assets/index-abc.js'), SCRIPT)
    fastify = serverOf(folder)
  })
  afterAll(async () => {
    await fastify.close()
    rmSync(folder, { recursive: true })
  })

  test('the page runs no script of others, stands in no frame, and is asked for anew each time', async () => {
    const { headers } = await fastify.inject({ url: '/', headers: BROWSER })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
    })
  })

  test('whatever address a browser asks for is the page; a program, the API and a missing file get a 404', async () => {
    const status = async (url: string, headers: Record<string, string>) =>
      (await fastify.inject({ url, headers })).statusCode
    expect(await status('/subscription?order=1', BROWSER)).toBe(200)
    expect(await status('/subscription', { accept: 'application/json' })).toBe(404)
    expect(await status('/api/nothing', BROWSER)).toBe(404)
    expect(await status('/assets/gone.js', BROWSER)).toBe(404)
    expect(await status('/assets/../index.html', { accept: '*/*' })).toBe(404)
    expect((await fastify.inject({ method: 'POST', url: '/subscription', headers: BROWSER })).statusCode).toBe(404)
  })

  test('files whose name is their digest are kept for good, and sent compressed as the browser can read it', async () => {
    const url = '/assets/index-abc.js'
    const plain = await fastify.inject({ url, headers: { 'accept-encoding': 'identity' } })
    expect(plain.body).toBe(SCRIPT)
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const br = await fastify.inject({ url, headers: { 'accept-encoding': 'gzip, deflate, br' } })
    expect(br.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(SCRIPT)
    const gz = await fastify.inject({ url, headers: { 'accept-encoding': 'gzip' } })
    expect(gunzipSync(gz.rawPayload).toString()).toBe(SCRIPT)
  })

  test('the chosen look is in the page from its first byte, and nothing else of the cookie', async () => {
    const cookie = (value: string) =>
      fastify.inject({ url: '/', headers: { ...BROWSER, cookie: `a=b; codeplan_theme=${value}` } })
    expect((await cookie('dark')).body).toContain('<html data-theme="dark" lang="en">')
    expect((await cookie('"><script>')).body).toContain('<html lang="en">')
  })

  test('a server without a built console says the cure', async () => {
    const bare = serverOf(join(folder, 'nowhere'))
    const { statusCode, body } = await bare.inject({ url: '/', headers: BROWSER })
    expect(statusCode).toBe(503)
    expect(body).toContain('npm run build')
    await bare.close()
  })
})
