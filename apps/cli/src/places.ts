import { posix, win32 } from 'node:path'

import type { Env } from './world.ts'

/** Where each tool keeps its settings. A function of the machine alone, so that each system can be tested on any other. */
export interface Places {
  readonly join: (...parts: string[]) => string
  readonly home: string
  readonly cwd: string
  readonly claude: { readonly settings: string; readonly state: string; readonly projectSettings: string }
  readonly opencode: { readonly user: readonly string[]; readonly project: readonly string[] }
  readonly kilo: { readonly user: readonly string[]; readonly project: readonly string[] }
  readonly crush: { readonly user: string; readonly project: readonly string[] }
  readonly codex: string
  readonly qwen: { readonly user: string; readonly project: string }
  readonly droid: { readonly settings: string; readonly mcp: string }
  readonly cursorMcp: string
  readonly clineMcp: string
  /** What codeplan itself keeps: host and key, the journal of changes, the last standing. */
  readonly own: { readonly account: string; readonly journal: string; readonly standing: string }
  /** Files in which people set variables for all their terminals. */
  readonly profiles: readonly string[]
}

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: Env
  readonly home: string
  readonly cwd: string
}

export function placesOf({ platform, env, home, cwd }: Machine): Places {
  const { join } = platform === 'win32' ? win32 : posix
  const set = (name: string, fallback: string): string => env[name] || fallback
  const config = set('XDG_CONFIG_HOME', join(home, '.config'))
  const claude = set('CLAUDE_CONFIG_DIR', join(home, '.claude'))
  const own =
    platform === 'win32' ? join(set('APPDATA', join(home, 'AppData', 'Roaming')), 'codeplan') : join(config, 'codeplan')
  const jsonOrJsonc = (folder: string, name: string): readonly string[] => [
    join(folder, `${name}.json`),
    join(folder, `${name}.jsonc`),
  ]
  return {
    join,
    home,
    cwd,
    claude: {
      settings: join(claude, 'settings.json'),
      state: env['CLAUDE_CONFIG_DIR'] ? join(claude, '.claude.json') : join(home, '.claude.json'),
      projectSettings: join(cwd, '.claude', 'settings.local.json'),
    },
    opencode: { user: jsonOrJsonc(join(config, 'opencode'), 'opencode'), project: jsonOrJsonc(cwd, 'opencode') },
    kilo: { user: jsonOrJsonc(join(config, 'kilo'), 'kilo'), project: jsonOrJsonc(cwd, 'kilo') },
    crush: { user: join(config, 'crush', 'crush.json'), project: [join(cwd, 'crush.json'), join(cwd, '.crush.json')] },
    codex: join(set('CODEX_HOME', join(home, '.codex')), 'config.toml'),
    qwen: { user: join(home, '.qwen', 'settings.json'), project: join(cwd, '.qwen', 'settings.json') },
    droid: { settings: join(home, '.factory', 'settings.json'), mcp: join(home, '.factory', 'mcp.json') },
    cursorMcp: join(home, '.cursor', 'mcp.json'),
    clineMcp: set('CLINE_MCP_SETTINGS_PATH', join(home, '.cline', 'data', 'settings', 'cline_mcp_settings.json')),
    own: {
      account: join(own, 'account.json'),
      journal: join(own, 'journal.json'),
      standing: join(own, 'standing.json'),
    },
    profiles:
      platform === 'win32'
        ? ['PowerShell', 'WindowsPowerShell'].flatMap((shell) =>
            ['profile.ps1', 'Microsoft.PowerShell_profile.ps1'].map((file) => join(home, 'Documents', shell, file)),
          )
        : [
            ...['.zshenv', '.zprofile', '.zshrc', '.bash_profile', '.bashrc', '.profile'].map((file) =>
              join(home, file),
            ),
            join(config, 'fish', 'config.fish'),
          ],
  }
}
