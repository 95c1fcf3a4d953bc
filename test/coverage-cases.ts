import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `npm run coverage:cases [groups]`: which failure case is protected by which test. A case counts when a test's or suite's
 * title names its number. With groups (for example ABCDEJ) it fails when a case of them has none.
 */
const GROUPS: readonly (readonly [string, number, number, string])[] = [
  ['A', 1, 13, 'settlement, streaming, retries'],
  ['B', 14, 19, 'token and cache accounting'],
  ['C', 20, 25, 'multipliers and prices'],
  ['D', 26, 34, 'races, overselling, enforcement gaps'],
  ['E', 35, 48, 'windows, resets, time'],
  ['F', 49, 55, 'plan and wallet together'],
  ['G', 56, 70, 'payments, upgrades, refunds'],
  ['H', 71, 76, 'concurrency, routing, clients'],
  ['I', 77, 81, 'translation'],
  ['J', 82, 84, 'prompt as the unit'],
  ['K', 85, 95, 'MCP, errors, usage endpoint, operations'],
]

const root = new URL('..', import.meta.url).pathname
const TITLE = /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g

function* testFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* testFiles(path)
    else if (entry.name.endsWith('.test.ts')) yield path
  }
}

const found = new Map<number, Set<string>>()
for (const file of [
  ...testFiles(join(root, 'packages')),
  ...testFiles(join(root, 'apps')),
  ...testFiles(join(root, 'test')),
]) {
  for (const [, , title = ''] of readFileSync(file, 'utf8').matchAll(TITLE)) {
    for (const [, first = '', last] of title.matchAll(/\bF(\d\d)(?:–F?(\d\d))?/g)) {
      for (let n = Number(first); n <= Number(last ?? first); n++) {
        found.set(n, (found.get(n) ?? new Set()).add(file.slice(root.length)))
      }
    }
  }
}

const wanted = process.argv[2]?.toUpperCase() ?? ''
let missing = 0
for (const [group, first, last, name] of GROUPS) {
  process.stdout.write(`\n${group}. ${name}\n`)
  for (let n = first; n <= last; n++) {
    const files = [...(found.get(n) ?? [])]
    if (files.length === 0 && wanted.includes(group)) missing++
    process.stdout.write(`  F${String(n).padStart(2, '0')}  ${files.length > 0 ? files.join(', ') : '— missing'}\n`)
  }
}
if (missing > 0) {
  process.stdout.write(`\n${missing} cases of the groups ${wanted} have no test\n`)
  process.exitCode = 1
}
