import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '../../apps/server/src/platform/clock.ts'
import { migrate } from '../../apps/server/src/platform/migrate.ts'
import { foundation } from '../../apps/server/src/platform/migrations/0001-foundation.ts'
import { storedResponses } from '../../apps/server/src/platform/migrations/0003-stored-responses.ts'
import { openEmbedded } from '../../apps/server/src/platform/pglite.ts'

/** A migrated database as a dump: a new one starts from it in under a second instead of five. */
const print = createHash('sha256')
  .update(JSON.stringify([foundation, storedResponses]))
  .digest('hex')
  .slice(0, 16)
const file = join(tmpdir(), `codeplan-template-${print}.tar`)

export async function makeTemplate(): Promise<void> {
  if (existsSync(file)) return
  const db = await openEmbedded({})
  await migrate(db, systemClock.now())
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, await db.dump('none'))
  renameSync(aside, file)
  await db.close()
}

export const readTemplate = (): Uint8Array => readFileSync(file)
