import { readFile, rm } from 'node:fs/promises'

import type { Edit, Json } from './edit/change.ts'
import { fingerprint, modeOf, readText, writeWhole } from './files.ts'
import { EXIT, Stop } from './world.ts'

/** One change of one file: what is needed to undo it. */
export interface Entry {
  readonly tool: string
  readonly at: string
  readonly file: string
  /** Null: the file was not there before. */
  readonly backup: string | null
  readonly mode: number | null
  /** Of the file as it was, null where it was not; and as it was written. */
  readonly before: string | null
  readonly sha256: string
  /** For a file that its tool goes on writing: what was set in it, so that this alone can be taken back. */
  readonly edits?: readonly Edit[]
}

export async function readJournal(path: string): Promise<readonly Entry[]> {
  const text = await readText(path)
  if (text === undefined) return []
  try {
    return (JSON.parse(text) as { readonly changes: readonly Entry[] }).changes
  } catch {
    throw new Stop(EXIT.fileRefused, {
      en: `the journal ${path} cannot be read; the backups lie beside the files, as *.codeplan-backup-*`,
      zh: `无法读取变更记录 ${path}；备份位于各配置文件旁，名为 *.codeplan-backup-*`,
    })
  }
}

export const writeJournal = (path: string, changes: readonly Entry[]): Promise<void> =>
  writeWhole(path, `${JSON.stringify({ changes }, null, 2)}\n`)

export interface Written {
  readonly tool: string
  readonly file: string
  readonly text: string
  readonly edits?: readonly Edit[]
}

/** Backs a file up, notes it, and then writes it: a crash in between leaves a note of a change that did not happen, never the reverse. */
export async function writeWithBackup(
  journal: string,
  { tool, file, text, edits }: Written,
  now: number,
): Promise<void> {
  const before = await readFile(file).catch(() => undefined)
  const mode = (await modeOf(file)) ?? null
  const at = new Date(now).toISOString()
  const backup = before === undefined ? null : `${file}.codeplan-backup-${at.replace(/[-:.]/g, '')}`
  if (backup && before) await writeWhole(backup, before)
  const known = { before: before ? fingerprint(before) : null, sha256: fingerprint(text) }
  const entry: Entry = { tool, at, file, backup, mode, ...known, ...(edits ? { edits } : {}) }
  await writeJournal(journal, [...(await readJournal(journal)), entry])
  await writeWhole(file, text)
}

export type Undone =
  | { readonly file: string; readonly how: 'restored' | 'removed' | 'unchanged' }
  | { readonly file: string; readonly how: 'taken-back'; readonly stays: readonly string[] }
  | { readonly file: string; readonly how: 'changed-since' | 'backup-gone' }

/** Undoes all changes of one file at once, back to before the first of them. `force` also where somebody else has changed it since. */
export async function undoFile(entries: readonly Entry[], force: boolean): Promise<Undone> {
  const first = entries[0] as Entry
  const { file } = first
  const current = await readFile(file).catch(() => null)
  const before = first.backup === null ? null : await readFile(first.backup).catch(() => undefined)
  if (before === undefined) return { file, how: 'backup-gone' }
  const now = current && fingerprint(current)
  if (now === first.before) return { file, how: 'unchanged' }
  // Between two of our changes nobody else's; and the file as we left it (after a crash: as we were about to change it).
  const ours = entries.every(({ before: was }, n) => n === 0 || was === entries[n - 1]?.sha256)
  if (!force && !(ours && entries.some(({ sha256 }) => sha256 === now))) {
    const edits = entries.flatMap((entry) => entry.edits ?? [])
    return edits.length > 0 && current ? takeBackEdits(file, current, before, edits) : { file, how: 'changed-since' }
  }
  if (before === null) await rm(file, { force: true })
  else await writeWhole(file, before, first.mode ?? undefined)
  return { file, how: before === null ? 'removed' : 'restored' }
}

async function takeBackEdits(
  file: string,
  current: Buffer,
  before: Buffer | null,
  edits: readonly Edit[],
): Promise<Undone> {
  const { readJson, takeBack } = await import('./edit/json.ts')
  const old = readJson(before?.toString('utf8') ?? '')
  const root: Json = old.ok ? old.root : {}
  const { change, stays } = takeBack(current.toString('utf8'), edits, root)
  if (!change.ok) return { file, how: 'changed-since' }
  await writeWhole(file, change.text, await modeOf(file))
  return { file, how: 'taken-back', stays }
}

export async function dropBackups(entries: readonly Entry[]): Promise<void> {
  for (const { backup } of entries) if (backup) await rm(backup, { force: true })
}
