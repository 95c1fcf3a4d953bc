import { readdirSync, readFileSync } from 'node:fs'

import { RECIPES } from '@codeplan/contract/recipes'
import { micros } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { readCatalog } from '../../apps/server/src/catalog/index.ts'
import { findCommand } from '../../apps/server/src/commands/list.ts'
import { IN_DEPTH, LANGUAGES, SLUGS } from '../../apps/server/src/docs/contents.ts'
import { fencesOf, runCurl, withoutFences } from '../docs/examples.ts'
import { anchorsOf, hrefsOf, linksOf } from '../docs/links.ts'
import { send, type Heard } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'

const FOLDER = new URL('../../docs/', import.meta.url)
const HOST = 'http://plan.example.org'
const PAGES = LANGUAGES.flatMap((language) => SLUGS.map((slug) => `${language}/${slug}`))
const sourceOf = (page: string): string => readFileSync(new URL(`${page}.md`, FOLDER), 'utf8')
const codes = readdirSync(new URL('errors/', FOLDER)).map((name) => name.replace('.md', ''))

/** Another operator's figures, each of which differs from the default catalog's. */
const otherFigures = (source: string): string =>
  source
    .replace('prompts: 80 }', 'prompts: 81 }')
    .replace('prompts: 400 }', 'prompts: 401 }')
    .replaceAll('calls_per_prompt: 20', 'calls_per_prompt: 40')
    .replace('from: "14:00", to: "18:00", factor: "3"', 'from: "13:30", to: "17:30", factor: "5"')
    .replace('factor: "2"', 'factor: "4"')
    .replace('name: GLM Coding Lite', 'name: Small & <b>|x')
    .replace('name: GLM-5\n', 'name: Big-5\n')
    .replace('models: [glm-4.7, glm-4.6,', 'models: [glm-5, glm-4.7, glm-4.6,')
    .replace('limited: false', 'limited: true')
    .replace('daily: "10:00"', 'daily: "11:15"')
    .replace('pieces: 200 ', 'pieces: 77 ')
    .replace('notice_days: [7, 1]', 'notice_days: [9, 2]')
    .replace('id: claude-code, name: Claude Code', 'id: claude-code, name: Claude Coder')

describe('Documentation', () => {
  let house: House
  let key: string
  beforeAll(async () => {
    house = await openHouse()
    const { key: made, memberId } = await house.subscriber('max')
    key = made
    const gift = { memberId, amount: micros(1_000_000_000), note: '', idempotencyKey: 'gift' }
    await house.rooms.entitlements.addBalance(gift, house.clock.now())
    written = new Map(await Promise.all(PAGES.map(async (page) => [page, await markdownOf(page)] as const)))
  })
  afterAll(() => house.close())

  const get = (path: string, headers: Record<string, string> = {}): Promise<Heard> =>
    send(house.url + path, { headers })
  const markdownOf = async (page: string): Promise<string> => {
    const { status, text } = await get(`/docs/${page}.md`)
    expect(status, `${page}: ${text}`).toBe(200)
    return text
  }
  /** Fetched once for all tests that do not change the catalog. */
  let written: ReadonlyMap<string, string>
  const here = (text: string): string => text.replaceAll(HOST, house.url)

  test('both languages have every page, each with a title, a summary and the same examples; each refusal has its page in both', () => {
    for (const language of LANGUAGES) {
      const files = readdirSync(new URL(`${language}/`, FOLDER)).map((name) => name.replace('.md', ''))
      expect(files.toSorted()).toEqual(SLUGS.toSorted())
    }
    for (const page of PAGES) expect(sourceOf(page), page).toMatch(/^# [^{\n]+\n\n[^#\n|`-].+\n\n/)
    for (const slug of SLUGS) expect(fencesOf(sourceOf(`zh/${slug}`)), slug).toEqual(fencesOf(sourceOf(`en/${slug}`)))
    for (const code of codes) {
      const text = sourceOf(`errors/${code}`)
      for (const part of ['What happened.', 'What to do.', '原因。', '处理办法。'])
        expect(text, code).toContain(`**${part}**`)
    }
  })

  test('every figure that a page names is known, and none is left open', () => {
    for (const [page, text] of written) expect(text, page).not.toMatch(/\{\{|undefined|NaN/)
    for (const language of LANGUAGES) {
      const text = written.get(`${language}/errors`)
      for (const code of codes) expect(text).toContain(`[${code}](../errors/${code}.md)`)
    }
  })

  test.each([
    ['en', 'yes', 'not yet', 'up to', 'GLM-5 in Claude Code'],
    ['zh', '支持', '暂不支持', '最多', 'Claude Code 中使用 GLM-5'],
  ] as const)(
    'S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 S16 S17: the questions and answers (%s) say it, with the figures of the catalog',
    async (language, yes, notYet, upTo, byHand) => {
      await house.applyCatalog((source) => source.replace('limited: false', 'limited: true'))
      const text = await markdownOf(`${language}/faq`)
      await house.applyCatalog((source) => source)
      const says = (statement: string, ...parts: readonly (string | RegExp)[]): void => {
        for (const part of parts)
          expect(text, statement).toMatch(typeof part === 'string' ? new RegExp(literal(part)) : part)
      }
      const row = (...cells: readonly string[]): RegExp => new RegExp(cells.map(literal).join('.*\\|.*'))
      says('S1', row('GLM Coding Lite', 'GLM Coding Pro', 'GLM Coding Max'), row('GLM-5', notYet, yes, yes))
      says('S1', ...['GLM-4.7', 'GLM-4.6', 'GLM-4.5', 'GLM-4.5-Air'].map((model) => row(model, yes, yes, yes)))
      says(
        'S2',
        row('claude-opus-', 'GLM-4.7'),
        row('claude-sonnet-', 'GLM-4.7'),
        row('claude-haiku-', 'GLM-4.5-Air'),
        byHand,
      )
      says(
        'S3',
        row(
          'GLM-5',
          '14:00–18:00 (Asia/Shanghai)'
            .replace(language === 'zh' ? ' (' : '\0', '（')
            .replace(language === 'zh' ? ')' : '\0', '）'),
          '3×',
        ),
        row('GLM-5', '2×'),
        /\| .* \| .* \| 1× \|/,
      )
      const settings = fencesOf(text).find((fence) => fence.language === 'json')
      expect(JSON.parse(settings?.text ?? ''), 'S4').toEqual({
        env: {
          ANTHROPIC_AUTH_TOKEN: 'YOUR_KEY',
          ANTHROPIC_BASE_URL: `${HOST}/api/anthropic`,
          API_TIMEOUT_MS: '3000000',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: 1,
          ANTHROPIC_DEFAULT_OPUS_MODEL: 'glm-5',
          ANTHROPIC_DEFAULT_SONNET_MODEL: 'glm-4.7',
          ANTHROPIC_DEFAULT_HAIKU_MODEL: 'glm-4.5-air',
        },
      })
      says('S5', '2026-01-23 10:00', /(every day at|每天) 10:00/, /200/)
      says('S6', language === 'en' ? /renews, or upgrades[^.]*not touched/ : /自动续费，以及[^。]*不受限量影响/)
      says('S7', language === 'en' ? /measured capacity.*ends the limit/ : /实测容量.*取消或恢复限量/)
      says('S8', language === 'en' ? row('Plan', '5 hours', 'A week') : row('套餐', '每 5 小时', '每周'), '(/usage)')
      says('S9', '15–20')
      const quota = (plan: string, five: string, week: string): RegExp =>
        row(plan, `${upTo} ${five}`, `${upTo} ${week}`)
      says('S10', quota('Lite', '80', '400'), quota('Pro', '400', '2,000'), quota('Max', '1,600', '8,000'))
      says('S11', '15–30')
      const services = language === 'en' ? ['Vision', 'Web search', 'Web reader'] : ['视觉理解', '联网搜索', '网页读取']
      says('S12', ...services.map((service) => row(`| ${service}`, '', '', '')))
      says(
        'S13',
        language === 'en'
          ? /end of each period the fee is taken from the payment method/
          : /每个周期结束时，从您绑定的支付方式中扣除/,
      )
      says('S14', '(/subscription)', language === 'en' ? /pay the difference.*at once/ : /差额.*立即生效/)
      says('S15', '1113', /Claude Code, Codex|Claude Code、Codex/, `${HOST}/api/paas/v4`)
      says(
        'S16',
        row('Claude Code', `${HOST}/api/anthropic`),
        row('Cherry Studio', `${HOST}/api/coding/paas/v4/\``),
        `${HOST}/api/coding/paas/v4\``,
      )
      says('S17', '(/llms.txt)')
    },
  )

  test('no figure of the catalog is written by hand in the questions and answers: another catalog, other answers', async () => {
    for (const language of LANGUAGES) {
      const source = withoutFences(sourceOf(`${language}/faq`))
        .replace(/^\d\. /gm, '')
        .replaceAll('1113', '')
      expect(source).not.toMatch(/\d/)
      expect(source).not.toMatch(/glm|Lite|\bMax\b/i)
      const before = written.get(`${language}/faq`)
      await house.applyCatalog(otherFigures)
      const after = await markdownOf(`${language}/faq`)
      await house.applyCatalog((unchanged) => unchanged)
      for (const part of ['81', '401', '30–40', '13:30–17:30', '5×', '4×', 'Big-5', '11:15', '77', 'Claude Coder'])
        expect(after, part).toContain(part)
      for (const part of ['15–20', '14:00', '3×', 'GLM-5', 'Lite', '暂不支持', 'not yet'])
        expect(after, part).not.toContain(part)
      expect(await markdownOf(`${language}/faq`)).toBe(before)
    }
  })

  test('names of the catalog are text: a plan that is called like markup breaks no page', async () => {
    await house.applyCatalog(otherFigures)
    for (const page of SLUGS.map((slug) => `en/${slug}`)) {
      const { text } = await get(`/docs/${page}`)
      expect(text, page).not.toContain('<b>')
      for (const [table] of text.matchAll(/<table>[\s\S]*?<\/table>/g)) {
        const widths = [...table.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => row.split(/<t[hd]/).length)
        expect(new Set(widths).size, `${page}: ${table}`).toBe(1)
      }
    }
    await house.applyCatalog((source) => source)
  })

  test('every link of every page, of the navigation and of llms.txt leads somewhere, to an anchor that is there', async () => {
    const paths = readFileSync(new URL('../../apps/console/src/router.tsx', import.meta.url), 'utf8')
    const ofConsole = new Set([...paths.matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path))
    const heard = new Map<string, Heard>()
    const visit = async (path: string): Promise<Heard> => {
      const known = heard.get(path) ?? (await get(path))
      heard.set(path, known)
      return known
    }
    const check = async (from: string, href: string): Promise<void> => {
      const target = new URL(here(href), house.url + from)
      if (target.origin !== house.url || ofConsole.has(target.pathname)) return
      const { status, text } = await visit(target.pathname)
      expect(status, `${from} → ${href}`).toBe(200)
      if (target.hash === '' || target.pathname.endsWith('.md')) return
      expect(anchorsOf(text).has(decodeURIComponent(target.hash.slice(1))), `${from} → ${href}`).toBe(true)
    }
    const all = [...PAGES, ...IN_DEPTH.slugs, ...codes.map((code) => `errors/${code}`)].map((page) => `/docs/${page}`)
    for (const path of all) {
      for (const href of new Set(hrefsOf((await visit(path)).text))) await check(path, href)
      for (const href of linksOf(
        withoutFences(written.get(path.slice('/docs/'.length)) ?? (await visit(`${path}.md`)).text),
      ))
        await check(`${path}.md`, href)
    }
    for (const href of linksOf((await get('/llms.txt')).text)) {
      expect(href.startsWith(`${HOST}/docs/`)).toBe(true)
      await check('/llms.txt', href)
    }
  })

  test('every example can be copied: JSON, YAML and TOML are whole, catalogs are without fault, commands exist', () => {
    for (const [page, text] of written) {
      for (const { language, text: example } of fencesOf(text)) {
        if (language === 'json') expect(() => JSON.parse(example), `${page}: ${example}`).not.toThrow()
        if (language === 'toml')
          for (const line of example.trim().split('\n'))
            expect(line, page).toMatch(/^(|\[[\w.-]+\]|\w+ = ("[^"]*"|\d+|\{ .* \}))$/)
        if (language === 'yaml') {
          const document = parse(example) as Record<string, unknown>
          expect(document, page).toBeTypeOf('object')
          if ('plans' in document) expect(readCatalog(example), page).toMatchObject({ ok: true })
        }
      }
      for (const [, line = ''] of text.matchAll(/npx codeplan-server ([^\n`]*)/g))
        expect(findCommand(line.trim().split(' ')), `${page}: ${line}`).toBeDefined()
    }
  })

  test('the guide of every tool prints its recipe: files, lines, fields, and how it takes a service', () => {
    for (const { id, files, terminal, form, services } of RECIPES) {
      const guide = sourceOf(`en/${id === 'kilo' || id === 'roo' ? 'kilo-roo' : id}`)
      for (const [n, { name }] of files.entries()) {
        expect(guide).toContain(`{{recipe.${id}${n === 0 ? '' : `.${n + 1}`}}}`)
        expect(guide).toContain(name)
      }
      if (terminal) expect(guide).toContain(`{{terminal.${id}}}`)
      if (form) expect(guide).toContain(`{{form.${id}}}`)
      // Of several that take it in the same shape one is printed.
      if ('file' in services && ['cline', 'opencode', 'codex', 'qwen-code', 'crush'].includes(id))
        expect(sourceOf('en/web-search')).toContain(`{{services.${id}}}`)
    }
  })

  test('every example with curl is answered, with a key of a subscriber', async () => {
    const examples = new Set<string>()
    for (const page of written.values())
      for (const { language, text } of fencesOf(page)) if (language === 'bash') examples.add(text.trim())
    expect(examples.size).toBeGreaterThan(4)
    for (const example of examples) {
      const { status, text } = await runCurl(example, key, here)
      expect(status, `${example}\n${text}`).toBe(200)
    }
  })

  test('pages run nothing, Markdown is Markdown, and what is not there is 404', async () => {
    const page = await get('/docs/en/faq')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain(`default-src 'none'`)
    expect(page.text).not.toMatch(/<script|style=|\son\w+=/)
    expect(page.text).toContain('<html lang="en">')
    expect((await get('/docs/zh/faq')).text).toContain('<html lang="zh-CN">')
    expect((await get('/docs/en/faq.md')).headers['content-type']).toBe('text/markdown; charset=utf-8')
    expect((await get('/docs/errors/1308.md')).headers['content-type']).toBe('text/markdown; charset=utf-8')
    const head = await send(`${house.url}/docs/en/faq`, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    for (const path of [
      '/docs/en/none',
      '/docs/en/none.md',
      '/docs/fr/faq',
      '/docs/none',
      '/docs/errors/9999',
      '/docs/en/..%2F..%2Fpackage',
      '/docs/errors/..%2Fen%2Ffaq',
    ])
      expect((await get(path)).status, path).toBe(404)
    expect((await get('/docs', { 'accept-language': 'zh-CN' })).headers['location']).toBe('/docs/zh/overview')
    expect((await get('/docs/operating', { 'accept-language': 'zh-CN' })).text).toContain('class="note"')
  })

  test('S17: llms.txt has the form of llms.txt, and every page with its summary', async () => {
    const { text, headers } = await get('/llms.txt')
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    const [title, quote, ...rest] = text.trim().split('\n\n')
    expect(title).toBe('# Codeplan')
    expect(quote).toMatch(/^> .+$/)
    for (const part of rest)
      for (const line of part.split('\n')) expect(line).toMatch(/^(## .+|- \[.+\]\(http:\/\/[^)]+\.md\): .{20,})$/)
    for (const page of PAGES) expect(text).toContain(`${HOST}/docs/${page}.md`)
  })
})

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
