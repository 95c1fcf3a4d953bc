import { readFile, rm } from 'node:fs/promises'

import type { Edit } from './edit/change.ts'
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
  /** What was set in it: where the file has been changed since, this alone is taken back. */
  readonly edits: readonly Edit[]
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
  readonly edits: readonly Edit[]
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
  const entry: Entry = { tool, at, file, backup, mode, ...known, edits }
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
    return current ? takeBackEdits(entries, current.toString('utf8'), before) : { file, how: 'changed-since' }
  }
  if (before === null) await rm(file, { force: true })
  else await writeWhole(file, before, first.mode ?? undefined)
  return { file, how: before === null ? 'removed' : 'restored' }
}

async function takeBackEdits(entries: readonly Entry[], current: string, before: Buffer | null): Promise<Undone> {
  const { file } = entries[0] as Entry
  const { readSettings, takeBack } = await import('./edit/edit-file.ts')
  const old = readSettings(file, before?.toString('utf8') ?? '')
  // Of a place that was set twice, what was set last.
  const edits = new Map(
    entries.flatMap((entry) => entry.edits.map((edit) => [JSON.stringify(edit.path), edit] as const)),
  )
  const { change, stays } = takeBack(file, current, [...edits.values()], old.ok ? old.root : {})
  if (!change.ok) return { file, how: 'changed-since' }
  await writeWhole(file, change.text, await modeOf(file))
  return { file, how: 'taken-back', stays }
}

export async function dropBackups(entries: readonly Entry[]): Promise<void> {
  for (const { backup } of entries) if (backup) await rm(backup, { force: true })
}
