import { expect, test } from 'vitest'

import { placesOf } from './places.ts'

test('Windows: the user’s folder, APPDATA for our own, and back slashes', () => {
  const places = placesOf({
    platform: 'win32',
    env: { APPDATA: 'D:\\Roaming' },
    home: 'C:\\Users\\Li Lei',
    cwd: 'C:\\work',
  })
  expect(places.claude.settings).toBe('C:\\Users\\Li Lei\\.claude\\settings.json')
  expect(places.claude.state).toBe('C:\\Users\\Li Lei\\.claude.json')
  expect(places.claude.projectSettings).toBe('C:\\work\\.claude\\settings.local.json')
  expect(places.opencode.user[0]).toBe('C:\\Users\\Li Lei\\.config\\opencode\\opencode.json')
  expect(places.crush.user).toBe('C:\\Users\\Li Lei\\.config\\crush\\crush.json')
  expect(places.codex).toBe('C:\\Users\\Li Lei\\.codex\\config.toml')
  expect(places.qwen.user).toBe('C:\\Users\\Li Lei\\.qwen\\settings.json')
  expect(places.droid.settings).toBe('C:\\Users\\Li Lei\\.factory\\settings.json')
  expect(places.cursorMcp).toBe('C:\\Users\\Li Lei\\.cursor\\mcp.json')
  expect(places.own.account).toBe('D:\\Roaming\\codeplan\\account.json')
  expect(places.profiles).toContain('C:\\Users\\Li Lei\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1')
})

test('without APPDATA it lies where Windows puts it', () => {
  const { own } = placesOf({ platform: 'win32', env: {}, home: 'C:\\Users\\a', cwd: 'C:\\' })
  expect(own.journal).toBe('C:\\Users\\a\\AppData\\Roaming\\codeplan\\journal.json')
})

test('Linux and macOS: what a person has moved by a variable is found there', () => {
  for (const platform of ['linux', 'darwin'] as const) {
    const env = { XDG_CONFIG_HOME: '/cfg', CLAUDE_CONFIG_DIR: '/claude', CODEX_HOME: '/codex' }
    const places = placesOf({ platform, env, home: '/home/a', cwd: '/work' })
    expect(places.claude).toMatchObject({ settings: '/claude/settings.json', state: '/claude/.claude.json' })
    expect(places.codex).toBe('/codex/config.toml')
    expect(places.opencode.user).toEqual(['/cfg/opencode/opencode.json', '/cfg/opencode/opencode.jsonc'])
    expect(places.own.account).toBe('/cfg/codeplan/account.json')
    expect(placesOf({ platform, env: {}, home: '/home/a', cwd: '/work' }).claude.state).toBe('/home/a/.claude.json')
  }
})
