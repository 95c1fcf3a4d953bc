import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { Cure, type Options } from './options.ts'

const POSTGRES_HOME = '/usr/lib/postgresql'

/** Daemons stand where the search path of people who are not root does not look. */
export const PATH = [process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter)

/** Says all that is missing at once, with the cure. */
export function checkNeeds({ mode, database }: Options): void {
  if (process.platform !== 'linux') throw new Cure('the bench reads /proc: run it on Linux')
  const missing: string[] = []
  if (mode !== 'events' && !isThere('gcc')) missing.push('gcc')
  if (mode === 'judge' && !isThere('nginx')) missing.push('nginx')
  if (database === 'postgres' && !postgresBin()) missing.push('postgresql')
  for (const tool of ['taskset', 'setpriv']) if (!isThere(tool)) missing.push('util-linux')
  if (missing.length > 0) {
    const packages = [...new Set(missing)].join(' ')
    throw new Cure(`missing on this machine: ${packages}. As root: apt-get install --no-install-recommends ${packages}`)
  }
}

function isThere(name: string): boolean {
  return PATH.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))
}

/** The newest PostgreSQL of Debian's packages, whose programs are not in the search path. */
export function postgresBin(): string | undefined {
  if (!existsSync(POSTGRES_HOME)) return undefined
  const versions = readdirSync(POSTGRES_HOME).toSorted((a, b) => Number(b) - Number(a))
  return versions.map((v) => join(POSTGRES_HOME, v, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}
