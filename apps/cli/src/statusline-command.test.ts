import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { KEY, Trial } from '../../../test/house/trial.ts'

const ARGS = `setup --tool claude-code --host https://plan.example.com --key ${KEY} --offline --yes --statusline`
const commandOf = async (trial: Trial, told: { env?: Record<string, string>; script?: string } = {}) => {
  const { exit } = await trial.run(ARGS, told)
  return exit === 0 ? JSON.parse((await trial.read('.claude/settings.json')) ?? '').statusLine.command : exit
}

test('a status line starts codeplan by its name where it is installed, else by its script, and never by npx', async () => {
  using trial = new Trial()
  const script = { script: '/opt/codeplan/bin/codeplan.js' }
  expect(await commandOf(trial, script)).toBe('node "/opt/codeplan/bin/codeplan.js" statusline')

  const installed = join(trial.home, 'bin')
  const passing = join(trial.home, 'node_modules/.bin')
  for (const folder of [installed, passing]) mkdirSync(join(folder, 'codeplan'), { recursive: true })
  expect(await commandOf(trial, { ...script, env: { PATH: passing } })).toBe(
    'node "/opt/codeplan/bin/codeplan.js" statusline',
  )
  expect(await commandOf(trial, { ...script, env: { PATH: `/nowhere:${installed}` } })).toBe('codeplan statusline')

  using fresh = new Trial()
  expect(await commandOf(fresh, { script: '/home/a/.npm/_npx/0123/node_modules/.bin/codeplan' })).toBe(2)
  expect(await fresh.read('.claude/settings.json')).toBeUndefined()
})
