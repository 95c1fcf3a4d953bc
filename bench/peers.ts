import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Cure } from './options.ts'
import { CACHE, HARNESS } from './places.ts'
import { execute } from './processes.ts'

/** undici is the better of raw Node's two clients, so the thresholds need it with or without peers. */
const YARDSTICK = ['undici']
const PEERS = ['@portkey-ai/gateway', '@hono/node-server']

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly overrides: Readonly<Record<string, string>>
}

/** Installs what we compare with, in the versions that the harness names, without running any script of theirs. */
export async function installPeers(withPeers: boolean, say: (text: string) => void): Promise<string> {
  const names = withPeers ? [...YARDSTICK, ...PEERS] : YARDSTICK
  const folder = join(CACHE, withPeers ? 'peers' : 'yardstick')
  const wanted = JSON.parse(readFileSync(join(HARNESS, 'peers/package.json'), 'utf8')) as Manifest
  const pick = (from: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
  const manifest = `${JSON.stringify(
    { private: true, dependencies: pick(wanted.dependencies), overrides: pick(wanted.overrides) },
    undefined,
    2,
  )}\n`
  const file = join(folder, 'package.json')
  const isThere = names.every((name) => existsSync(join(folder, 'node_modules', name, 'package.json')))
  if (isThere && readFileSync(file, 'utf8') === manifest) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, manifest)
  say(`Installing ${names.join(', ')} into ${folder} (once)\n`)
  try {
    await execute('npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: folder })
  } catch (error) {
    throw new Cure(
      `npm could not install ${names.join(', ')} into ${folder}; is the registry reachable?\n${(error as Error).message}`,
      { cause: error },
    )
  }
  return folder
}
