import { gzipSync } from 'node:zlib'

import { startWeb, type SandboxWeb } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { Address } from '../../apps/server/src/tools/index.ts'
import { callTool } from '../house/mcp.ts'
import { openHouse, type House } from '../house/house.ts'

/** Names that the tests give a meaning. */
const NAMES: Record<string, readonly Address[]> = {}
const v4 = (address: string): Address => ({ address, family: 4 })

describe('S12: the web reader', () => {
  let house: House
  let web: SandboxWeb
  let inside: SandboxWeb
  let key: string
  beforeAll(async () => {
    web = await startWeb()
    inside = await startWeb()
    inside.pages.set('/', { body: 'secret of the inside' })
    house = await openHouse({
      catalog: (source) =>
        source
          .replace('per_minute: 60 ', 'per_minute: 100000 ')
          .replace('concurrency: 5               # of a', 'concurrency: 500 # of a')
          .replace('page_mib_max: 10', 'page_mib_max: 1')
          .replace('page_ms_max: 20000', 'page_ms_max: 1000')
          .replace('ports: [80, 443, 8080, 8443]', `ports: [80, 443, ${inside.port}]`),
      outside: {
        openOrigins: new Set([web.origin, `http://example.org:${web.port}`]),
        lookup: async (name) => NAMES[name] ?? [],
      },
    })
    NAMES['example.org'] = [v4('127.0.0.1')]
    key = (await house.subscriber('max')).key
  })
  afterAll(async () => {
    await house.close()
    await web.close()
    await inside.close()
  })

  const read = (url: string, more: Record<string, unknown> = {}) =>
    callTool(house, '/api/mcp/web_reader/mcp', key, 'webReader', { url, ...more })
  const used = async () => {
    const { rows } = await import('../../apps/server/src/platform/index.ts').then(({ sql }) =>
      sql<{ used: number }>`select used from service_quotas where service = 'web_reader'`.execute(
        house.rooms.db.queries,
      ),
    )
    return rows[0]?.used ?? 0
  }

  describe('no way into private networks', () => {
    const port = () => inside.port
    const LITERALS = [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '017700000001',
      '127.1',
      '127.0.1',
      '0.0.0.0',
      '0',
      '10.0.0.1',
      '172.16.5.4',
      '192.168.1.1',
      '100.64.0.1',
      '100.100.100.200',
      '169.254.169.254',
      '192.0.0.192',
      '192.0.2.1',
      '198.18.0.1',
      '168.63.129.16',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '127.0.0.1.',
      '%31%32%37.0.0.1',
      '１２７.0.0.1',
      '①②⑦.0.0.1',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b:1::7f00:1]',
      '[2002:7f00:1::]',
      '[2001:0:7f00:1::]',
      '[fe80::1]',
      '[fc00::1]',
      '[fd00:ec2::254]',
      '[ff02::1]',
      '[2001:db8::1]',
      '[100::1]',
    ]
    test(`numbers in every way of writing, and addresses within addresses: ${LITERALS.length} are not opened`, async () => {
      const heard = await Promise.all(LITERALS.map((host) => read(`http://${host}:${port()}/`)))
      const why = /not on the public internet|no address of the web/
      expect(LITERALS.filter((_, i) => !heard[i]?.isError || !why.test(heard[i].text))).toEqual([])
    })

    const NAMED = [
      'localhost',
      'LOCALHOST',
      'localhost.',
      'a.localhost',
      'metadata.google.internal',
      'printer.local',
      'router',
      'nas.lan',
      'db.corp',
    ]
    test('names that mean something only inside are not even looked up', async () => {
      for (const host of NAMED) {
        NAMES[host] = [v4('93.184.216.34')]
        expect([host, (await read(`http://${host}:${port()}/`)).text]).toEqual([
          host,
          expect.stringContaining('public internet'),
        ])
      }
    })

    test('a public name that leads inside is not opened, nor one that leads to both', async () => {
      NAMES['inside.example.net'] = [v4('127.0.0.1')]
      NAMES['both.example.net'] = [v4('93.184.216.34'), v4('10.0.0.1')]
      NAMES['six.example.net'] = [{ address: '::ffff:127.0.0.1', family: 6 }]
      for (const name of ['inside', 'both', 'six'])
        expect((await read(`http://${name}.example.net:${port()}/`)).text).toContain('not on the public internet')
    })

    test('a name that means something else a moment later (rebinding): it is asked once, and what was looked at is connected to', async () => {
      let times = 0
      // The public answer first, the inside ever after.
      Object.defineProperty(NAMES, 'rebind.example.net', {
        configurable: true,
        get: () => (times++ === 0 ? [v4('203.0.114.1')] : [v4('127.0.0.1')]),
      })
      const { isError } = await read(`http://rebind.example.net:${port()}/`)
      expect([isError, times]).toEqual([true, 1])
    })

    test('a redirect is looked at like the first address: to literals, names, other schemes and ports', async () => {
      NAMES['inside.example.net'] = [v4('127.0.0.1')]
      const to = [
        `http://127.0.0.1:${port()}/`,
        'http://169.254.169.254/latest/meta-data/',
        `http://inside.example.net:${port()}/`,
        'file:///etc/passwd',
        'http://[::1]/',
        'ftp://example.org/',
        'gopher://127.0.0.1/',
        '//0x7f.1/',
        'http://user@127.0.0.1/',
      ]
      for (const [i, location] of to.entries()) {
        web.pages.set(`/to/${i}`, { status: 302, headers: { location } })
        const { isError, text } = await read(`${web.origin}/to/${i}`)
        expect([location, isError]).toEqual([location, true])
        expect(text).not.toContain('secret')
      }
    })

    test('other schemes, user names and ports are not opened', async () => {
      for (const [url, why] of [
        ['file:///etc/passwd', 'no address of the web'],
        ['ftp://example.org/x', 'only http and https'],
        ['data:text/html,hello', 'no address of the web'],
        ['javascript:alert(1)', 'no address of the web'],
        ['gopher://example.org/1', 'only http and https'],
        ['http://example.org@127.0.0.1/', 'user name'],
        ['http://user:word@example.org/', 'user name'],
        ['http://example.org:22/', 'port 22'],
        ['http://example.org#@127.0.0.1:6379/', 'port 80|cannot be reached|leads nowhere|not on the public internet'],
        [String.raw`http://example.org\@127.0.0.1/`, 'cannot be reached|not on the public internet'],
        ['not an address', 'no address of the web'],
      ] as const) {
        const { isError, text } = await read(url)
        expect([url, isError, text]).toEqual([url, true, expect.stringMatching(why)])
      }
    })

    test('nothing of it has reached the inside', () => expect(inside.asked).toEqual([]))
  })

  test('redirects are followed as far as the catalog says, and the page tells where they led', async () => {
    web.pages.set('/moved', { status: 301, headers: { location: '/moved/2' } })
    web.pages.set('/moved/2', { status: 307, headers: { location: 'here?x=1' } })
    web.pages.set('/moved/here?x=1', { body: '<title>Here</title><p>It is here.</p>' })
    expect(JSON.parse((await read(`${web.origin}/moved`)).text)).toMatchObject({
      url: `${web.origin}/moved/here?x=1`,
      title: 'Here',
      content: 'It is here.',
    })
    web.pages.set('/round', { status: 302, headers: { location: '/round' } })
    expect((await read(`${web.origin}/round`)).text).toContain('redirects more than 5 times')
  })

  test('what cannot be read costs nothing, and says why', async () => {
    const before = await used()
    web.pages.set('/huge', { body: 'x'.repeat(1_100_000) })
    web.pages.set('/bomb', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(20_000_000)) })
    web.pages.set('/slow', { stalls: true })
    web.pages.set('/picture', { headers: { 'content-type': 'image/png' }, body: 'x' })
    web.pages.set('/binary', { headers: { 'content-type': 'text/plain' }, body: Buffer.from([0, 1, 2, 0]) })
    web.pages.set('/broken.pdf', { headers: { 'content-type': 'application/pdf' }, body: '%PDF-1.7 nothing of one' })
    for (const [path, why] of [
      ['/nothing', 'answered 404'],
      ['/huge', 'larger than 1 MiB'],
      ['/bomb', 'larger than 1 MiB'],
      ['/slow', 'did not answer within 1000 ms'],
      ['/picture', 'no page but image/png'],
      ['/binary', 'no page but'],
      ['/broken.pdf', 'no text could be taken'],
    ] as const) {
      const { isError, text } = await read(web.origin + path)
      expect([path, isError, text]).toEqual([path, true, expect.stringContaining(why)])
    }
    expect(await used()).toBe(before)
  })

  test('packed pages, the options of the published tool, and no key or cookie of ours in what is asked', async () => {
    const html =
      '<title>Options</title><p>Some words <img src="a.png" alt="pic"> and a <a href="b">link</a>.</p><table><tr><th>a</th></tr><tr><td>b</td></tr></table>'
    web.pages.set('/options', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(html) })
    const url = `${web.origin}/options`
    const plain = JSON.parse((await read(url)).text)
    expect(plain.content).toBe(
      `Some words ![pic](${web.origin}/a.png) and a [link](${web.origin}/b).\n\n| a |\n| --- |\n| b |`,
    )
    expect(plain).not.toHaveProperty('links')
    const more = JSON.parse((await read(url, { with_links_summary: 'true', with_images_summary: true })).text)
    expect(more).toMatchObject({
      links: [{ text: 'link', url: `${web.origin}/b` }],
      images: [{ alt: 'pic', url: `${web.origin}/a.png` }],
    })
    expect(JSON.parse((await read(url, { retain_images: false })).text).content).not.toContain('![')
    expect(JSON.parse((await read(url, { no_gfm: true })).text).content).not.toContain('|')
    expect(JSON.parse((await read(url, { return_format: 'text' })).text).content).toBe(
      'Some words and a link.\n\na\n\nb',
    )
    const asked = web.asked.filter((one) => one.url === '/options')
    expect(Object.keys(asked[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'connection',
      'host',
      'user-agent',
    ])
  })

  test('what was read a moment ago is not fetched again, unless it is asked for or ten minutes old', async () => {
    web.pages.set('/kept', { body: '<p>Kept for a while.</p>' })
    const times = () => web.asked.filter((one) => one.url === '/kept').length
    await read(`${web.origin}/kept`)
    await read(`${web.origin}/kept#part`)
    expect(times()).toBe(1)
    await read(`${web.origin}/kept`, { no_cache: true })
    expect(times()).toBe(2)
    house.clock.advance(600_000)
    await read(`${web.origin}/kept`)
    expect(times()).toBe(3)
  })

  test('a page that keeps the reader busy is let go of, and the next one is read', async () => {
    await house.applyCatalog((source) => source.replace('extract_ms_max: 15000', 'extract_ms_max: 300'))
    web.pages.set('/deep', { body: `${'<div><span>'.repeat(60_000)}deep` })
    expect((await read(`${web.origin}/deep`, { no_cache: true })).isError).toBe(true)
    await house.applyCatalog((source) => source)
    web.pages.set('/next', { body: '<p>The next one.</p>' })
    expect(JSON.parse((await read(`${web.origin}/next`)).text).content).toBe('The next one.')
  })
})
