import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DAY_MS } from '@codeplan/core'

import type { Clock, EmbeddedDb } from './platform/index.ts'

/** The embedded database does not force its writes to disk, so a power cut can cost more than the last moments. */
const DUMP_AFTER_MS = DAY_MS
const DUMPS_KEPT = 7

/** Takes a dump of the embedded database once a day and keeps the last seven. */
export function keepDumps(db: EmbeddedDb, dataFolder: string, clock: Clock): () => Promise<void> {
  const folder = join(dataFolder, 'dumps')
  return async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const dumps = (await readdir(folder)).filter((name) => name.endsWith('.tar.gz')).toSorted()
    const newest = dumps.at(-1)
    if (newest && clock.now() - (await stat(join(folder, newest))).mtimeMs < DUMP_AFTER_MS) return
    const name = `codeplan-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}.tar.gz`
    // Written aside and renamed: a dump that is there is whole.
    const aside = join(folder, `.${name}.part`)
    await writeFile(aside, await db.dump('gzip'), { mode: 0o600 })
    await rename(aside, join(folder, name))
    for (const old of dumps.slice(0, Math.max(0, dumps.length + 1 - DUMPS_KEPT)))
      await rm(join(folder, old), { force: true })
  }
}
