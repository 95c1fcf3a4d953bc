import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from 'vitest'

const CLI = fileURLToPath(new URL('../../apps/cli/', import.meta.url))
/** The oldest Node.js that is promised may be the system's; the pinned one always is there. */
const NODES = [process.execPath, ...['/usr/local/bin/node', '/usr/bin/node'].filter((path) => existsSync(path))]

/** As installed: the packed files alone, in a folder outside of the checkout. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'codeplan-packed-'))
  execFileSync(process.execPath, ['build.ts'], { cwd: CLI })
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(CLI, part), join(folder, part), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(NODES)('what is published runs without any dependency on %s', (node) => {
  const home = join(folder, 'home')
  const key = '0123456789abcdef0123456789abcdef.ABCDabcd0123WXYZ'
  const run = (args: string, input = '') => {
    const began = performance.now()
    const env = { HOME: home, PATH: '/usr/bin:/bin', CODEPLAN_KEY: key, CODEPLAN_HOST: 'https://plan.invalid' }
    const { status, stdout, stderr } = spawnSync(node, [join(folder, 'bin/codeplan.js'), ...args.split(' ')], {
      env,
      input,
    })
    process.stdout.write(`${node} ${args}: ${Math.round(performance.now() - began)} ms\n`)
    return { status, out: String(stdout), err: String(stderr) }
  }
  expect(run('--version')).toMatchObject({ status: 0, err: '' })
  expect(run('setup --help --lang zh').out).toContain('选项')
  expect(run('setup --tool claude-code,codex --offline --yes --statusline')).toMatchObject({ status: 0, err: '' })
  expect(run('setup --tool claude-code,codex --offline --yes --statusline').out).toContain('set up already')
  expect(run('statusline', '{"model":{"id":"glm-5"}}').out).toMatch(/^glm-5/)
  expect(run('restore').status).toBe(0)
  expect(run('nonsense').status).toBe(2)
})
