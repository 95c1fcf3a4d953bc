import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Only the owner reads a file with a key in it. */
const SECRET_MODE = 0o600

const missing = (error: unknown): undefined => {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}

/** Undefined: there is no such file. */
export const readText = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(missing)

export const exists = async (path: string): Promise<boolean> => (await stat(path).catch(missing)) !== undefined

export const modeOf = async (path: string): Promise<number | undefined> => {
  const found = await stat(path).catch(missing)
  return found && found.mode & 0o777
}

export const fingerprint = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/**
 * Whole or not at all: written beside and moved over. A link goes on pointing where it did; its target is what changes.
 * Without a mode the file becomes its owner's alone.
 */
export async function writeWhole(path: string, content: string | Buffer, mode = SECRET_MODE): Promise<void> {
  const target = (await realpath(path).catch(missing)) ?? path
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const beside = `${target}.codeplan-${process.pid}`
  try {
    const file = await open(beside, 'w', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(beside, mode)
    await rename(beside, target)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
