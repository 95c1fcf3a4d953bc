import { once } from 'node:events'
import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { KEY, NOW, Trial } from '../../../test/house/trial.ts'

const HOST = 'https://plan.example.com'
const SETUP = `setup --tool claude-code --host ${HOST} --offline`
const SETTINGS = '.claude/settings.json'

describe('a script', () => {
  test('S4: writes what the documentation prints, host and key apart, and the size of the model; the key comes from the environment or standard input', async () => {
    for (const told of [{ env: { CODEPLAN_KEY: KEY } }, { input: `${KEY}\n` }]) {
      using trial = new Trial()
      const key = 'input' in told ? ' --key -' : ''
      const { exit, out } = await trial.run(`${SETUP} --yes --model opus=glm-4.7${key}`, told)
      expect(exit).toBe(0)
      expect(out).not.toContain(KEY)
      expect(JSON.parse((await trial.read(SETTINGS)) ?? '')).toEqual({
        env: {
          ANTHROPIC_AUTH_TOKEN: KEY,
          ANTHROPIC_BASE_URL: `${HOST}/api/anthropic`,
          API_TIMEOUT_MS: '3000000',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: 1,
          ANTHROPIC_DEFAULT_OPUS_MODEL: 'glm-4.7',
          ANTHROPIC_DEFAULT_SONNET_MODEL: 'glm-4.7',
          ANTHROPIC_DEFAULT_HAIKU_MODEL: 'glm-4.5-air',
          CLAUDE_CODE_DISABLE_1M_CONTEXT: 1,
          CLAUDE_CODE_MAX_CONTEXT_TOKENS: '200000',
        },
      })
    }
  })

  test('S16: a base URL that was pasted for the host means the same server, for every tool', async () => {
    for (const typed of ['/', '/api/anthropic', '/api/coding/paas/v4/', '/api/v1', '/api/paas/v4']) {
      using trial = new Trial()
      await trial.run(`setup --tool claude-code,codex --host ${HOST}${typed} --key ${KEY} --offline --yes`)
      expect(await trial.read(SETTINGS)).toContain(`"${HOST}/api/anthropic"`)
      expect(await trial.read('.codex/config.toml')).toContain(`"${HOST}/api/v1"`)
    }
  })

  test('nothing is written without an agreement, and each "no" has its exit code', async () => {
    const cases: readonly (readonly [args: string, exit: number, says: string])[] = [
      [`${SETUP} --key ${KEY}`, 6, '--yes'],
      [`${SETUP} --key ${KEY} --dry-run`, 0, ''],
      [`${SETUP} --key sk-123 --yes`, 2, '32 hexadecimal digits'],
      [`${SETUP} --yes`, 2, '--key is missing'],
      [`setup --tool vim --host ${HOST} --key ${KEY} --offline --yes`, 2, 'claude-code, opencode'],
      [
        `setup --tool codex --scope project --host ${HOST} --key ${KEY} --offline --yes`,
        2,
        'Codex has no settings of a project',
      ],
      [`setup --tool codex --host plan.example.com --key ${KEY} --offline --yes`, 2, 'https://plan.example.com'],
      [`${SETUP} --key ${KEY} --model opus=gpt-9 --yes`, 2, 'it has glm-4.7, glm-4.5-air'],
      [`${SETUP} --key ${KEY} --modle x --yes`, 2, '--modle'],
      ['set', 2, 'no command "set"'],
    ]
    for (const [args, exit, says] of cases) {
      using trial = new Trial()
      const ran = await trial.run(args)
      expect([args, ran.exit]).toEqual([args, exit])
      expect(ran.err).toContain(says)
      expect(await trial.read(SETTINGS)).toBeUndefined()
      expect(await trial.read('.config/codeplan/account.json')).toBeUndefined()
    }
  })

  test('a server that does not answer stops it with code 4, and is not needed with --offline', async () => {
    using trial = new Trial()
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    gone.close()
    const args = `setup --tool codex --host http://127.0.0.1:${port} --key ${KEY} --yes`
    const { exit, err } = await trial.run(args)
    expect([exit, err]).toEqual([4, expect.stringContaining('ECONNREFUSED')])
    expect((await trial.run(`${args} --offline`)).exit).toBe(0)
  })
})

test('a person is asked in their language for what is missing; the key is not shown; Enter keeps what the last setup knew', async () => {
  using trial = new Trial()
  const answers = ['2', '1 3', HOST, KEY, '', 'glm-4.5-air', '', 'y', 'n', '']
  const { exit, out } = await trial.run('setup --offline', { answers, env: { LANG: 'en_US.UTF-8' } })
  expect(exit).toBe(0)
  expect(out).toContain('写入以上更改？')
  expect(out).not.toContain(KEY)
  expect(await trial.read(SETTINGS)).toContain('"ANTHROPIC_DEFAULT_SONNET_MODEL": "glm-4.5-air"')
  expect(await trial.read('.codex/config.toml')).toContain('[mcp_servers.codeplan-vision]')

  const again = await trial.run('setup --offline --tool claude-code', { answers: ['', '', '', '', '', 'n', 'n', 'n'] })
  expect(again.out).toContain(`Server (https://…) [${HOST}]`)
  expect(again.out).toContain('[0123…WXYZ]')
  expect(again.exit).toBe(6)
})

test('a project has its own settings, in the file that is not shared', async () => {
  using trial = new Trial()
  const { out } = await trial.run(`${SETUP} --key ${KEY} --scope project --mcp --yes`)
  expect(out).toContain('keep them out of version control')
  expect(await trial.read('project/.claude/settings.local.json')).toContain(KEY)
  expect(await trial.read(SETTINGS)).toBeUndefined()
  const state = JSON.parse((await trial.read('.claude.json')) ?? '')
  expect(Object.keys(state.projects[trial.cwd].mcpServers)).toHaveLength(3)
})

test('tools with settings of their own keeping are told every value, and nothing is written for them', async () => {
  for (const tool of ['cline', 'roo', 'goose', 'cherry-studio', 'cursor']) {
    using trial = new Trial()
    const args = `setup --tool ${tool} --host ${HOST} --key ${KEY} --offline --yes`
    const { exit, out } = await trial.run(args)
    expect([tool, exit]).toEqual([tool, 0])
    expect(out).toContain(`${HOST}/api/coding/paas/v4${tool === 'cherry-studio' ? '/' : ''}`)
    expect(out).toMatch(/glm-4\.7/i)
    expect(out).not.toContain(KEY)
    expect((await trial.run(`${args} --show-key --lang zh`)).out).toContain(KEY)
    expect(await trial.read('.config/codeplan/journal.json')).toBeUndefined()
  }
})

describe('files', () => {
  test('with a key in it are their owner’s alone, backups too; a link stays a link; restore brings the mode back', async () => {
    using trial = new Trial()
    const real = await trial.write('dotfiles/settings.json', '{}\n')
    await chmod(real, 0o644)
    await trial.write('.claude/other', '')
    const link = join(trial.home, SETTINGS)
    await symlink(real, link)
    await trial.run(`${SETUP} --key ${KEY} --yes`)
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect((await stat(real)).mode & 0o777).toBe(0o600)
    const [{ backup }] = JSON.parse((await trial.read('.config/codeplan/journal.json')) ?? '').changes
    expect((await stat(backup)).mode & 0o777).toBe(0o600)
    expect(await readFile(real, 'utf8')).toContain(KEY)
    await trial.run('restore')
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect((await stat(real)).mode & 0o777).toBe(0o644)
    expect(await readFile(real, 'utf8')).toBe('{}\n')
    await expect(stat(backup)).rejects.toThrow('ENOENT')
  })

  test('changed since lose our values alone, and what somebody else has made of one of them stays and is named', async () => {
    using trial = new Trial()
    await trial.write(SETTINGS, '{ "model": "opus" }\n')
    await trial.run(`${SETUP} --key ${KEY} --yes`)
    await trial.write(SETTINGS, `// mine\n${((await trial.read(SETTINGS)) ?? '').replace('3000000', '1')}`)
    const { exit, out } = await trial.run('restore claude-code')
    expect([exit, out]).toEqual([0, expect.stringContaining('changed by somebody else and left: env.API_TIMEOUT_MS')])
    expect(await trial.read(SETTINGS)).toBe('// mine\n{ "model": "opus", "env": { "API_TIMEOUT_MS": "1" } }\n')
    expect(await trial.read('.config/codeplan/account.json')).toBeUndefined()
  })

  test('changed since and broken are left alone; --force puts the backup back, byte for byte', async () => {
    using trial = new Trial()
    await trial.write(SETTINGS, '{}\n')
    await trial.run(`${SETUP} --key ${KEY} --yes`)
    const broken = `${await trial.read(SETTINGS)}]`
    await trial.write(SETTINGS, broken)
    const refused = await trial.run('restore')
    expect([refused.exit, refused.out]).toEqual([5, expect.stringContaining('--force')])
    expect(await trial.read(SETTINGS)).toBe(broken)
    expect((await trial.run('restore --force')).exit).toBe(0)
    expect(await trial.read(SETTINGS)).toBe('{}\n')
  })

  test('changed while a person was asked are not overwritten', async () => {
    using trial = new Trial()
    await trial.write('.claude.json', '{}\n')
    const meanwhile = async (): Promise<string> => {
      await trial.write('.claude.json', '{"numStartups":2}')
      return 'y'
    }
    const answers = ['', '', '', 'n', 'n', meanwhile]
    const { exit, err } = await trial.run(`${SETUP} --key ${KEY} --lang en`, { answers })
    expect([exit, err]).toEqual([5, expect.stringContaining('was changed while you were asked')])
    expect([await trial.read(SETTINGS), await trial.read('.claude.json')]).toEqual([undefined, '{"numStartups":2}'])
  })

  test('changed between two setups by somebody else: that change is not thrown away', async () => {
    using trial = new Trial()
    await trial.write(SETTINGS, '{}\n')
    await trial.run(`${SETUP} --key ${KEY} --yes`)
    await trial.write(SETTINGS, `${await trial.read(SETTINGS)}// mine\n`)
    trial.now = NOW + 1
    await trial.run(`${SETUP} --key ${KEY} --yes --model glm-4.5-air`)
    expect((await trial.run('restore')).exit).toBe(0)
    expect(await trial.read(SETTINGS)).toBe('{\n}\n// mine\n')
  })

  test('that Claude Code and Qwen Code write themselves after a setup keep what those have written', async () => {
    using trial = new Trial()
    await trial.write('.claude.json', '{\n  "numStartups": 1\n}\n')
    const own = { id: 'own', baseUrl: 'https://own.example.com' }
    await trial.write('.qwen/settings.json', JSON.stringify({ modelProviders: { openai: [own] } }))
    await trial.run(`setup --tool claude-code,qwen-code --host ${HOST} --offline --key ${KEY} --yes --mcp`)
    for (const [file, written] of [
      ['.claude.json', { numStartups: 2 }],
      ['.qwen/settings.json', { $version: 4 }],
    ] as const) {
      const state = JSON.parse((await trial.read(file)) ?? '')
      await trial.write(file, JSON.stringify({ ...state, ...written }, null, 2))
    }
    const { exit, out } = await trial.run('restore')
    expect([exit, out]).toEqual([0, expect.stringContaining('our values alone were taken back')])
    expect(JSON.parse((await trial.read('.claude.json')) ?? '')).toEqual({ numStartups: 2 })
    expect(JSON.parse((await trial.read('.qwen/settings.json')) ?? '')).toEqual({
      modelProviders: { openai: [own] },
      $version: 4,
    })
  })
})

test('variables that would win are named with the line that sets them', async () => {
  using trial = new Trial()
  await trial.write('.zshrc', '# my shell\nexport ANTHROPIC_MODEL="claude-x"\n#export ANTHROPIC_API_KEY=no\n')
  const { out } = await trial.run(`${SETUP} --key ${KEY} --yes`, {
    env: { ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_MODEL: 'claude-x' },
  })
  expect(out).toContain('ANTHROPIC_MODEL is set in ' + join(trial.home, '.zshrc') + ', line 2')
  expect(out).toContain('ANTHROPIC_API_KEY is set in this terminal')
})

test('help and version are there in both languages', async () => {
  using trial = new Trial()
  expect((await trial.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  for (const command of ['', 'setup', 'restore', 'doctor', 'usage', 'statusline']) {
    const [en, zh] = [await trial.run(`${command} --help`), await trial.run(`${command} --help --lang zh`)]
    expect(en.out).toContain(`codeplan ${command}`.trim())
    expect(zh.out).toMatch(/[一-鿿]/)
    expect(en.out).not.toMatch(/[一-鿿]/)
  }
})
