import { readFileSync, writeFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { NOW, KEY, Trial } from '../../../test/house/trial.ts'

const HOST = 'https://plan.example.com'
const ALL = `--host ${HOST} --offline --yes --mcp`

interface Golden {
  readonly tool: string
  readonly file: string
  readonly fixture: string
  readonly broken: string
}
const BROKEN_JSON = '{\n  "env": {\n    "A": 1,,\n  }\n}\n'
const json = { broken: BROKEN_JSON }
const GOLDEN: readonly Golden[] = [
  { ...json, tool: 'claude-code', file: '.claude/settings.json', fixture: 'claude-code/settings.*.json' },
  { ...json, tool: 'claude-code', file: '.claude.json', fixture: 'claude-code/state.*.json' },
  { ...json, tool: 'opencode', file: '.config/opencode/opencode.jsonc', fixture: 'opencode/opencode.*.jsonc' },
  { ...json, tool: 'kilo', file: '.config/kilo/kilo.json', fixture: 'kilo/kilo.*.json' },
  { tool: 'codex', file: '.codex/config.toml', fixture: 'codex/config.*.toml', broken: 'model = "a\n' },
  { ...json, tool: 'qwen-code', file: '.qwen/settings.json', fixture: 'qwen-code/settings.*.json' },
  { ...json, tool: 'crush', file: '.config/crush/crush.json', fixture: 'crush/crush.*.json' },
  { ...json, tool: 'droid', file: '.factory/settings.json', fixture: 'droid/settings.*.json' },
  { ...json, tool: 'droid', file: '.factory/mcp.json', fixture: 'droid/mcp.*.json' },
  { ...json, tool: 'cursor', file: '.cursor/mcp.json', fixture: 'cursor/mcp.*.json' },
  { ...json, tool: 'cline', file: '.cline/data/settings/cline_mcp_settings.json', fixture: 'cline/mcp.*.json' },
]

const place = (fixture: string, which: string): URL =>
  new URL(`fixtures/${fixture.replace('*', which)}`, import.meta.url)
const fixture = (name: string, which: 'before' | 'after'): string => readFileSync(place(name, which), 'utf8')
/** UPDATE_GOLDEN=1 writes what is, to be read before it is kept. */
function expectGolden(name: string, is: string | undefined): void {
  if (process.env['UPDATE_GOLDEN']) writeFileSync(place(name, 'after'), is ?? '')
  expect(is).toBe(fixture(name, 'after'))
}

describe.each(GOLDEN)('$tool: $file', ({ tool, file, fixture: name, broken }) => {
  const setup = `setup --tool ${tool} --key ${KEY} ${ALL}`

  test('existing settings, comments and order stay; ours are added', async () => {
    using trial = new Trial()
    await trial.write(file, fixture(name, 'before'))
    const { exit, out } = await trial.run(setup)
    expect(exit).toBe(0)
    expectGolden(name, await trial.read(file))
    expect(out).not.toContain(KEY)
    expect(out).not.toMatch(/old-0123456789abcdef|an-old-key-of-mine/)
  })

  test('CRLF and a byte order mark stay', async () => {
    using trial = new Trial()
    const windows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}`
    await trial.write(file, windows(fixture(name, 'before')))
    await trial.run(setup)
    expect(await trial.read(file)).toBe(windows(fixture(name, 'after')))
  })

  test('a second setup changes nothing, and restore gives back every byte', async () => {
    using trial = new Trial()
    const before = fixture(name, 'before')
    await trial.write(file, before)
    await trial.run(setup)
    const once = await trial.read(file)
    trial.now = NOW + 60_000
    const again = await trial.run(setup)
    expect(again.out).toContain('Everything is set up already')
    expect(await trial.read(file)).toBe(once)
    expect((await trial.run('restore')).exit).toBe(0)
    expect(await trial.read(file)).toBe(before)
  })

  test('a broken file is refused with its place and stays as it is, and so do all others', async () => {
    using trial = new Trial()
    await trial.write(file, broken)
    const { exit, err } = await trial.run(setup)
    expect(exit).toBe(5)
    expect(err).toContain(`${file}:${broken === BROKEN_JSON ? '3:12' : '1:'}`)
    expect(await trial.read(file)).toBe(broken)
    for (const other of GOLDEN)
      if (other.tool === tool && other.file !== file) expect(await trial.read(other.file)).toBeUndefined()
  })

  test('without a file one is made, and restore takes it away', async () => {
    using trial = new Trial()
    expect((await trial.run(setup)).exit).toBe(0)
    const made = file.replace('jsonc', 'json')
    expect(await trial.read(made)).toContain(file === '.claude.json' ? 'hasCompletedOnboarding' : KEY)
    expect((await trial.run(`restore ${tool}`)).exit).toBe(0)
    expect(await trial.read(made)).toBeUndefined()
  })
})
