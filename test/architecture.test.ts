import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

import { RULES, violations, type SourceFile } from './architecture/rules.ts'
import { readSources } from './architecture/sources.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('architecture', () => {
  test('every file of the house keeps every rule', () => {
    expect(violations(readSources(root))).toEqual([])
  })

  test('each exception that a rule makes is still needed and says why', () => {
    const files = readSources(root)
    for (const { name, exceptions = {} } of RULES) {
      for (const [path, why] of Object.entries(exceptions)) {
        expect([name, path, why.length > 20]).toEqual([name, path, true])
        const alone = violations(files, { withoutExceptions: true }).filter((v) => v.path === path && v.rule === name)
        expect([name, path, alone.length > 0]).toEqual([name, path, true])
      }
    }
  })

  test('bare imports of a workspace are in its own package.json', () => {
    for (const workspace of ['apps/server', 'apps/sandbox', 'packages/contract', 'packages/core', 'packages/dialect']) {
      const { dependencies = {} } = JSON.parse(readFileSync(`${root}/${workspace}/package.json`, 'utf8'))
      const used = readSources(root)
        .filter(({ path }) => path.startsWith(`${workspace}/src/`) && !path.endsWith('.test.ts'))
        .flatMap(({ imports }) => imports)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
      expect([workspace, [...new Set(used)].filter((name) => !(name in dependencies))]).toEqual([workspace, []])
    }
  })
})

describe('each rule finds a planted violation', () => {
  const server = 'apps/server/src'
  const planted: readonly (readonly [rule: string, path: string, text: string])[] = [
    ['the console knows the contract alone', 'apps/console/src/x.tsx', `import { quote } from '@codeplan/core'`],
    ['the console knows the contract alone', 'apps/console/src/x.ts', `import { app } from '../../server/src/app.ts'`],
    ['packages stand alone', 'packages/core/src/x.ts', `import { y } from '@codeplan/dialect'`],
    ['packages stand alone', 'packages/core/src/x.ts', `import { readFileSync } from 'node:fs'`],
    ['packages stand alone', 'packages/core/src/x.ts', `import { z } from 'zod'`],
    ['packages stand alone', 'packages/core/src/x.ts', `export * from '../../dialect/src/index.ts'`],
    ['packages stand alone', 'packages/dialect/src/x.ts', `import { hash } from 'node:crypto'`],
    ['packages stand alone', 'packages/contract/src/x.ts', `import { minor } from '@codeplan/core'`],
    ['packages stand alone', 'packages/dialect/src/x.ts', `const y = await import('@codeplan/core')`],
    ['the sandbox knows nothing of the server', 'apps/sandbox/src/x.ts', `import { no } from '@codeplan/core'`],
    ['the sandbox knows nothing of the server', 'apps/sandbox/src/x.ts', `import '../../server/src/app.ts'`],
    ['the sandbox knows nothing of the server', 'apps/sandbox/src/x.ts', `import { request } from 'undici'`],
    [
      'the sandbox is started by commands only',
      `${server}/gateway/x.ts`,
      `import { runTool } from '@codeplan/sandbox'`,
    ],
    ['a workspace is entered by its name', `${server}/x.ts`, `import { y } from '../../../packages/core/src/id.ts'`],
    ['a workspace is entered by its name', `${server}/x.ts`, `import { y } from '@codeplan/core/src/id.ts'`],
    ['rooms import downwards', `${server}/entitlements/x.ts`, `import { makeGateway } from '../gateway/index.ts'`],
    ['rooms import downwards', `${server}/platform/x.ts`, `import { grant } from '../entitlements/index.ts'`],
    ['rooms import downwards', `${server}/catalog/x.ts`, `import { addMember } from '../identity/index.ts'`],
    ['rooms import downwards', `${server}/gateway/x.ts`, `import { renew } from '../billing/index.ts'`],
    ['rooms import downwards', `${server}/gateway/x.ts`, `import type { Rooms } from '../rooms.ts'`],
    ['rooms import downwards', `${server}/gateway/x.ts`, `import { answer } from '../commands/command.ts'`],
    ['rooms import downwards', `${server}/attic/x.ts`, `import { sql } from '../platform/index.ts'`],
    ['rooms have one door', `${server}/gateway/x.ts`, `import { grant } from '../entitlements/grant.ts'`],
    ['rooms have one door', `${server}/rooms.ts`, `import { sql } from './platform/db.ts'`],
    ['rooms have one door', `${server}/gateway/x.ts`, `export {\n  a,\n  b,\n} from '../entitlements/store.ts'`],
    ['the environment is read at the edge', `${server}/gateway/x.ts`, `const port = process.env.PORT`],
    ['the environment is read at the edge', 'packages/core/src/x.ts', `const { env } = process`],
    ['SQL stands in stores', `${server}/gateway/x.ts`, 'await sql`select 1`.execute(db)'],
    ['SQL stands in stores', `${server}/gateway/x.ts`, `import { run } from '../platform/index.ts'`],
    ['SQL stands in stores', `${server}/identity/x.ts`, 'sql<{ id: string }>`select id from keys`.execute(db)'],
    ['no clock and no dice in what is pure', 'packages/core/src/x.ts', 'const now = Date.now()'],
    ['no clock and no dice in what is pure', 'packages/core/src/x.ts', 'const now = new Date()'],
    ['no clock and no dice in what is pure', 'packages/dialect/src/x.ts', 'const id = Math.random()'],
    ['no clock and no dice in what is pure', 'packages/dialect/src/x.ts', 'const t = performance.now()'],
    ['no clock and no dice in what is pure', 'packages/core/src/x.ts', 'crypto.randomUUID()'],
    ['no file above 400 lines', 'bench/x.ts', 'x\n'.repeat(401)],
    ['names say what a file is', 'apps/server/src/gateway/utils.ts', ''],
    ['names say what a file is', 'apps/server/src/common/x.ts', ''],
    ['names say what a file is', 'packages/core/src/quotaV2.ts', ''],
    ['names say what a file is', 'test/house/pool-manager.ts', ''],
    ['every room has a README', `${server}/attic/index.ts`, ''],
  ]

  const shown = planted.map(([rule, path, text]) => ({ rule, path, text, begins: text.slice(0, 90) }))
  test.each(shown)('$rule: $path: $begins', ({ rule, path, text }) => {
    const found = violations([sourceOf(path, text)])
    expect(found.map((violation) => violation.rule)).toContain(rule)
  })

  test('every rule has one', () => {
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(RULES.map(({ name }) => name)))
  })

  test('what is allowed is not found', () => {
    const allowed: readonly SourceFile[] = [
      sourceOf(
        'packages/core/src/x.ts',
        `import { y } from './y.ts'\nconst at = new Date(7)\n// Date.now() is not ours`,
      ),
      sourceOf('packages/core/src/x.test.ts', `import { test } from 'vitest'\nimport fc from 'fast-check'`),
      sourceOf(`${server}/gateway/x.ts`, `import type { Admission } from '../entitlements/index.ts'`),
      sourceOf(`${server}/gateway/README.md`, ''),
      sourceOf(`${server}/identity/store.ts`, 'import { sql } from "../platform/index.ts"\nsql`select 1`'),
      sourceOf(`${server}/identity/README.md`, ''),
      sourceOf(`${server}/commands/start.ts`, `import { startUpstream } from '@codeplan/sandbox'\nprocess.env.PORT`),
      sourceOf(`${server}/app.ts`, `import { makeGateway } from './gateway/index.ts'`),
    ]
    expect(violations(allowed)).toEqual([])
  })
})

function sourceOf(path: string, text: string): SourceFile {
  return readSources.parse(path, text)
}
