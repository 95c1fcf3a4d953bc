import { saveAccount } from './account.ts'
import { coloured, unifiedDiff } from './diff.ts'
import { same, valueAt, type Change, type Edit } from './edit/change.ts'
import { byValue, editSettings, readSettings } from './edit/edit-file.ts'
import { exists, readText } from './files.ts'
import { isInTheClear } from './host.ts'
import { writeWithBackup } from './journal.ts'
import { maskKeys } from './key.ts'
import { parse } from './options.ts'
import { placesOf, type Places } from './places.ts'
import { collectWish, type SetupOptions } from './setup-wish.ts'
import type { Tool, Wish } from './tools/tool.ts'
import { winnersIn } from './winners.ts'
import { EXIT, Stop, type Exit, type Language, type World } from './world.ts'

export const SETUP_OPTIONS = {
  tool: { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  scope: { type: 'string' },
  mcp: { type: 'boolean' },
  statusline: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  offline: { type: 'boolean' },
  'show-key': { type: 'boolean' },
} as const

interface Planned {
  readonly tool: Tool
  readonly path: string
  readonly before: string | undefined
  readonly after: string
  readonly edits: readonly Edit[]
}

/** Sets tools up: shows first what would change, then asks, then writes all of it, each file with a backup. */
export async function setup(world: World, args: readonly string[], spoken: Language): Promise<Exit> {
  const { values } = parse(args, SETUP_OPTIONS)
  const places = placesOf(world)
  const { tools, wish, language } = await collectWish(world, places, values as SetupOptions, spoken)
  const say = (en: string, zh: string): void => world.out(`${language === 'zh' ? zh : en}\n`)

  const planned = (await Promise.all(tools.map((tool) => planOf(tool, places, wish)))).flat()
  const changes = planned.filter(({ before, after }) => (before ?? '') !== after)
  for (const { path, before, after } of changes)
    for (const line of unifiedDiff(path, before, after)) {
      const shown = maskKeys(line, wish.key)
      world.out(`${world.colour ? coloured(shown) : shown}\n`)
    }
  if (changes.length === 0 && planned.length > 0)
    say('Everything is set up already: nothing to write.', '已全部设置完毕，无需写入。')
  if (isInTheClear(wish.host))
    say('Careful: without https the key can be read on the way.', '注意：未使用 https，Key 可能在传输途中被读取。')
  for (const { where, name, harm } of await winnersIn(world, places, tools, wish.key))
    say(
      `Careful: ${name} is set ${where.en}: ${harm.en}. Take it out there.`,
      `注意：${where.zh}设置了 ${name}：${harm.zh}。请在那里删除它。`,
    )

  if (values['dry-run']) return EXIT.ok
  if (changes.length > 0) {
    await agree(world, language, values.yes === true)
    // Their tools run on while a person reads the difference.
    for (const { path, before } of changes) if ((await readText(path)) !== before) throw movedFile(path)
    for (const { tool, path, after, edits } of changes)
      await writeWithBackup(places.own.journal, { tool: tool.id, file: path, text: after, edits }, world.now())
    if (wish.scope === 'project')
      say('These files hold your key: keep them out of version control.', '这些文件含有您的 Key：请勿提交到版本库。')
    say(
      `Written. The backups lie beside the files; "codeplan restore" undoes it.`,
      '已写入。备份位于各文件旁；运行 "codeplan restore" 可撤销。',
    )
  }
  await saveAccount(places, { host: wish.host, key: wish.key })
  for (const tool of tools) tellRest(world, tool, wish, places, language, values['show-key'] === true)
  return EXIT.ok
}

/** Reads all files of a tool and works out all changes before anything is written; one that is broken stops everything. */
async function planOf(tool: Tool, places: Places, wish: Wish): Promise<readonly Planned[]> {
  const there = new Set<string>()
  for (const path of candidates(places)) if (await exists(path)) there.add(path)
  const planned: Planned[] = []
  for (const { path, edits } of tool.plan(places, wish, (file) => there.has(file))) {
    const before = await readText(path)
    const read = readSettings(path, before ?? '')
    if (!read.ok) throw refusedFile(path, read)
    // What is so already was not set by us, and is not taken back either.
    const needed = edits(read.root).filter(({ path: at, value }) => !same(valueAt(read.root, at), value))
    const changed = editSettings(path, before ?? '', needed)
    if (!changed.ok) throw refusedFile(path, changed)
    planned.push({ tool, path, before, after: changed.text, edits: byValue(path, needed) })
  }
  return planned
}

function refusedFile(path: string, { line, column, why }: Extract<Change, { readonly ok: false }>): Stop {
  const at = `${path}:${line}:${column}`
  return new Stop(EXIT.fileRefused, {
    en: `${at}: ${why.en}. Nothing was written. Mend that line or move the file away, then run this again`,
    zh: `${at}：${why.zh}。未写入任何内容。请修正该行或移走该文件，然后重新运行`,
  })
}

const movedFile = (path: string): Stop =>
  new Stop(EXIT.fileRefused, {
    en: `${path} was changed while you were asked. Nothing was written. Run this again`,
    zh: `${path} 在询问期间被修改。未写入任何内容，请重新运行`,
  })

const candidates = ({ opencode, kilo, crush }: Places): readonly string[] => [
  ...opencode.user,
  ...opencode.project,
  ...kilo.user,
  ...kilo.project,
  ...crush.project,
]

async function agree({ ask }: World, language: Language, yes: boolean): Promise<void> {
  if (yes) return
  if (!ask)
    throw new Stop(EXIT.declined, {
      en: 'nothing was written: nobody is there to be asked; say --yes',
      zh: '未写入任何内容：无法交互确认，请加 --yes',
    })
  const answer = await ask.line(language === 'zh' ? '写入以上更改？[Y/n] ' : 'Write this? [Y/n] ')
  if (!/^(y|yes|是|好)?$/i.test(answer))
    throw new Stop(EXIT.declined, { en: 'nothing was changed', zh: '未作任何更改' })
}

/** What only the person can do, with every value; the key is shown where it must be copied, to a person alone. */
function tellRest(world: World, tool: Tool, wish: Wish, places: Places, language: Language, showKey: boolean): void {
  const steps = tool.steps(wish, places)
  const byHand = tool.plan(places, { ...wish, mcp: false }, () => false).length === 0
  world.out(`\n${tool.name}\n`)
  if (byHand) {
    const why = {
      en: 'It keeps its provider and key where only itself may write, so nothing was written for that. Enter these values:',
      zh: '该工具的提供方与 Key 保存在只有它自己能写入的位置，因此未写入。请填入以下值：',
    }
    world.out(`  ${why[language]}\n`)
  }
  const shown = (text: string): string => (showKey ? text : maskKeys(text, wish.key))
  for (const step of steps) world.out(`  ${shown(step[language])}\n`)
  if (byHand && !showKey)
    world.out(
      `  ${language === 'zh' ? 'Key 已隐藏；加 --show-key 可显示。' : 'The key is hidden; --show-key shows it.'}\n`,
    )
  world.out(`  ${tool.start[language]}\n`)
}
