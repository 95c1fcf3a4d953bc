import { readFileSync } from 'node:fs'

import { instant } from '@codeplan/core'
import { startSearchStandIn, type SearchKind, type SearchStandIn } from '@codeplan/sandbox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { readCatalog } from '../../catalog/index.ts'
import { makeLog, stoppedClock } from '../../platform/index.ts'
import { makeSearch, type SearchWish } from './search.ts'

const catalogSource = readFileSync(new URL('../../../../../catalog.yaml', import.meta.url), 'utf8')

const WISH: SearchWish = {
  query: 'row locks in postgresql',
  count: 3,
  recency: 'oneWeek',
  domains: ['sandbox.example.org'],
  language: undefined,
  location: undefined,
  size: 'medium',
}
const PAGE = {
  title: '[sandbox] Row locks in PostgreSQL',
  link: 'https://sandbox.example.org/postgres/locks',
  publishDate: '2025-12-20',
}

describe('S12: engines of web search behind one port', () => {
  let there: SearchStandIn
  beforeAll(async () => {
    there = await startSearchStandIn()
  })
  afterAll(() => there.close())
  beforeEach(() => {
    there.asked.length = 0
    there.faults.clear()
  })

  const LINES: Readonly<Record<SearchKind, (url: string) => string>> = {
    searxng: (url) => `{ id: searxng, kind: searxng, base_url: "${url}/searxng" }`,
    brave: (url) => `{ id: brave, kind: brave, base_url: "${url}/brave", key_env: SEARCH_KEY }`,
    tavily: (url) => `{ id: tavily, kind: tavily, base_url: "${url}/tavily", key_env: SEARCH_KEY }`,
    bocha: (url) => `{ id: bocha, kind: bocha, base_url: "${url}/bocha", key_env: SEARCH_KEY }`,
    own: (url) =>
      `{ id: own, kind: json, base_url: "${url}/own/find", key_env: SEARCH_KEY, key_header: x-key, key_prefix: "Key ", query: { what: "{query}", n: "{count}" }, results: data.items, fields: { title: name, link: href, content: about.text, date: day } }`,
  }

  /** A search with these engines, as the catalog would have it. */
  function searching(kinds: readonly SearchKind[], msMax = 8_000) {
    const lines = kinds.map((kind) => `      - ${LINES[kind](there.url)}`).join('\n')
    const read = readCatalog(
      catalogSource
        .replace('      - { id: sandbox, kind: sandbox }', lines)
        .replace('engine_ms_max: 8000', `engine_ms_max: ${msMax}`),
    )
    if (!read.ok) throw new Error(JSON.stringify(read.no))
    const clock = stoppedClock(instant(Date.parse('2026-03-02T09:00:00+08:00')))
    const deps = {
      clock,
      log: makeLog('silent'),
      sandboxUrl: () => undefined,
      secret: (name: string) => (name === 'SEARCH_KEY' ? there.key : undefined),
    }
    return { clock, search: makeSearch({ ...deps, rules: () => read.value.services.web_search }) }
  }

  test.each(['searxng', 'brave', 'tavily', 'bocha', 'own'] as const)(
    '%s is asked as it wants to be, and its answer is ours',
    async (kind) => {
      const found = await searching([kind]).search.search(WISH)
      expect(found).toMatchObject({ ok: true })
      if (!found.ok) return
      expect(found.value).toHaveLength(3)
      expect(found.value[0]).toMatchObject(PAGE)
      expect(found.value[0]?.content).toMatch(/^Two transactions that lock the same rows/)
      expect(found.value.every(({ media }) => media !== '')).toBe(true)
    },
  )

  test('how old, which domain and how many are said in each engine’s own words', async () => {
    for (const kind of ['searxng', 'brave', 'tavily', 'bocha'] as const)
      await searching([kind]).search.search({ ...WISH, location: 'us' })
    const [searxng, brave, tavily, bocha] = there.asked
    expect(Object.fromEntries(searxng?.url.searchParams ?? [])).toEqual({
      q: 'row locks in postgresql (site:sandbox.example.org)',
      format: 'json',
      time_range: 'week',
    })
    expect(Object.fromEntries(brave?.url.searchParams ?? [])).toEqual({
      q: 'row locks in postgresql (site:sandbox.example.org)',
      count: '3',
      freshness: 'pw',
      country: 'US',
    })
    expect(tavily?.body).toMatchObject({
      query: WISH.query,
      max_results: 3,
      time_range: 'week',
      include_domains: ['sandbox.example.org'],
      country: 'united states',
    })
    expect(bocha?.body).toMatchObject({
      query: 'row locks in postgresql (site:sandbox.example.org)',
      count: 3,
      freshness: 'oneWeek',
    })
  })

  test('what stands on other domains is left out, whatever the engine gives', async () => {
    const found = await searching(['tavily']).search.search({ ...WISH, domains: ['example.com'] })
    expect(found).toMatchObject({ ok: true, value: [] })
  })

  test.each([500, 'silent', 'garbage', 401] as const)(
    'an engine that fails (%s) is followed by the next, and rests',
    async (fault) => {
      const { search, clock } = searching(['brave', 'searxng'], fault === 'silent' ? 300 : 8_000)
      there.faults.set('brave', fault)
      const ask = async (query: string) => (await search.search({ ...WISH, query })).ok
      expect(await ask('first')).toBe(true)
      expect(await ask('second')).toBe(true)
      expect(there.asked.map(({ kind }) => kind)).toEqual(['brave', 'searxng', 'searxng'])
      there.faults.clear()
      clock.advance(30_000)
      expect(await ask('third')).toBe(true)
      expect(there.asked.at(-1)?.kind).toBe('brave')
    },
  )

  test('when all fail the last reason is told, without anything secret, and who rests is asked before nobody is', async () => {
    const { search } = searching(['brave'])
    there.faults.set('brave', 503)
    const failed = await search.search(WISH)
    expect(failed).toEqual({
      ok: false,
      no: { code: 'service_failed', service: 'web_search', why: 'brave answered 503' },
    })
    there.faults.clear()
    expect((await search.search(WISH)).ok).toBe(true)
  })

  test('what was found a moment ago is not asked again; another question is, and the same after ten minutes', async () => {
    const { search, clock } = searching(['searxng'])
    await search.search(WISH)
    await search.search({ ...WISH })
    expect(there.asked).toHaveLength(1)
    await search.search({ ...WISH, count: 4 })
    expect(there.asked).toHaveLength(2)
    clock.advance(600_000)
    await search.search(WISH)
    expect(there.asked).toHaveLength(3)
  })
})
