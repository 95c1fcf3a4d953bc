import { readText } from './files.ts'
import type { Places } from './places.ts'
import type { Tool } from './tools/tool.ts'
import type { Text, World } from './world.ts'

export interface Won {
  readonly name: string
  readonly where: Text
  readonly harm: Text
}

/** Variables that win over what is in the files, in this terminal and in the files from which terminals take theirs. */
export async function winnersIn(
  { env }: Pick<World, 'env'>,
  places: Places,
  tools: readonly Tool[],
  key: string,
): Promise<readonly Won[]> {
  const watched = new Map(tools.flatMap(({ winners }) => winners.map((winner) => [winner.name, winner] as const)))
  if (watched.size === 0) return []
  const found: Won[] = []
  const exported = new Set<string>()
  for (const file of places.profiles)
    for (const { name, value, line } of exportsOf((await readText(file).catch(() => undefined)) ?? '')) {
      const harm = watched.get(name)?.harm(value, key)
      if (!harm) continue
      exported.add(name)
      found.push({ name, harm, where: { en: `in ${file}, line ${line}`, zh: `${file} 第 ${line} 行` } })
    }
  for (const [name, { harm }] of watched) {
    const value = env[name]
    const why = value && !exported.has(name) ? harm(value, key) : undefined
    if (why) found.push({ name, harm: why, where: { en: 'in this terminal', zh: '当前终端' } })
  }
  return found
}

/** `export NAME=…` of the shells, `set -gx NAME …` of fish, `$env:NAME = …` of PowerShell; what is commented out is no setting. */
export function exportsOf(
  text: string,
): readonly { readonly name: string; readonly value: string; readonly line: number }[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const found =
      /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(\S*)/.exec(line) ??
      /^\s*set\s+(?:-\w+\s+)+([A-Z][A-Z0-9_]*)\s+(\S+)/.exec(line) ??
      /^\s*\$env:([A-Z][A-Z0-9_]*)\s*=\s*(\S+)/i.exec(line)
    return found
      ? [{ name: found[1] ?? '', value: (found[2] ?? '').replace(/^(["'])(.*)\1$/, '$2'), line: at + 1 }]
      : []
  })
}
