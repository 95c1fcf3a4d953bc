import { rm } from 'node:fs/promises'

import { dropBackups, readJournal, undoFile, writeJournal, type Entry, type Undone } from './journal.ts'
import { parse } from './options.ts'
import { placesOf } from './places.ts'
import { toolOf } from './tools/list.ts'
import { EXIT, type Exit, type Language, type Text, type World } from './world.ts'

/** Undoes what setup has written, of one tool or of all: every byte, or where a file has been changed since, our values alone. */
export async function restore(world: World, args: readonly string[], language: Language): Promise<Exit> {
  const { values, positionals } = parse(args, { force: { type: 'boolean' } }, 1)
  const only = positionals[0] === undefined ? undefined : toolOf(positionals[0]).id
  const { own } = placesOf(world)
  let journal = await readJournal(own.journal)
  const chosen = journal.filter(({ tool }) => only === undefined || tool === only)
  if (chosen.length === 0) {
    world.out(language === 'zh' ? '没有可撤销的更改。\n' : 'There is nothing to undo.\n')
  }
  let refused = false
  for (const file of new Set(chosen.map((entry) => entry.file))) {
    const entries = chosen.filter((entry) => entry.file === file)
    const undone = await undoFile(entries, values.force === true)
    world.out(`${file}: ${worded(undone, entries)[language]}\n`)
    if (undone.how === 'changed-since' || undone.how === 'backup-gone') {
      refused = true
      continue
    }
    journal = journal.filter((entry) => !entries.includes(entry))
    await writeJournal(own.journal, journal)
    await dropBackups(entries)
  }
  // With the last change gone, nothing of ours stays behind.
  if (journal.length === 0) for (const path of Object.values(own)) await rm(path, { force: true })
  return refused ? EXIT.fileRefused : EXIT.ok
}

function worded(undone: Undone, entries: readonly Entry[]): Text {
  switch (undone.how) {
    case 'restored':
      return { en: 'as it was before', zh: '已恢复原状' }
    case 'removed':
      return { en: 'removed, as it was not there before', zh: '已删除（原本不存在）' }
    case 'unchanged':
      return { en: 'is as it was before', zh: '本来就是原状' }
    case 'taken-back': {
      const stays = undone.stays.join(', ')
      return {
        en: `it was written since, so our values alone were taken back${stays && `; changed by somebody else and left: ${stays}`}`,
        zh: `该文件之后被写过，因此仅撤回我们写入的值${stays && `；已被他处修改、予以保留：${stays}`}`,
      }
    }
    case 'changed-since':
      return {
        en: `gone or broken by somebody else since: left alone. "codeplan restore --force" puts back ${entries[0]?.backup ?? 'that there was no such file'}`,
        zh: `之后已被他人删除或损坏，未改动。"codeplan restore --force" 将恢复${entries[0]?.backup ?? '为不存在该文件'}`,
      }
    case 'backup-gone':
      return {
        en: `left alone: its backup ${entries[0]?.backup} is gone`,
        zh: `未改动：备份 ${entries[0]?.backup} 已不存在`,
      }
  }
}
