import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/**
 * Makes sure that one process alone opens an embedded database: two would corrupt it without an error (PGlite has no
 * lock). On Linux the lock is an abstract socket, which the kernel frees even after kill -9; elsewhere a pid file.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> } | undefined> {
  const path = realpathSync(folder)
  return process.platform === 'linux' ? lockBySocket(path) : lockByFile(path)
}

function lockBySocket(path: string) {
  const name = `\0codeplan-${createHash('sha256').update(path).digest('hex').slice(0, 40)}`
  const server = createServer()
  return new Promise<{ release(): Promise<void> } | undefined>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(name, () => {
      server.unref()
      resolve({ release: () => new Promise((done) => void server.close(() => done())) })
    })
  })
}

async function lockByFile(path: string) {
  const file = join(path, 'lock.pid')
  if (existsSync(file) && isAlive(Number(readFileSync(file, 'utf8')))) return undefined
  writeFileSync(file, String(process.pid))
  return {
    release: async () => {
      rmSync(file, { force: true })
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch {
    return false
  }
}
