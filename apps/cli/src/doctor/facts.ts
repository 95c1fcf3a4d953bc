import type { RefusedShown, UsageStanding } from '@codeplan/contract'

import type { Account } from '../account.ts'
import { ask, type Asked } from '../api.ts'
import { readSettings } from '../edit/edit-file.ts'
import { readText } from '../files.ts'
import type { Places } from '../places.ts'
import { TOOLS } from '../tools/list.ts'
import type { Current, Tool } from '../tools/tool.ts'
import { winnersIn, type Won } from '../winners.ts'
import type { Language, Text, World } from '../world.ts'

/** All that doctor has looked at; what it means is decided in `findings.ts`. */
export interface Facts {
  readonly account: Partial<Account>
  /** Files of tools that speak of a base URL or a key of ours. */
  readonly tools: readonly { readonly tool: Tool; readonly current: Current }[]
  /** Files of tools that cannot be read. */
  readonly broken: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly why: Text
  }[]
  readonly won: readonly Won[]
  /** Undefined: without host or key nobody was asked. */
  readonly standing: Asked<UsageStanding> | undefined
  readonly refusals: readonly RefusedShown[]
}

export async function factsOf(
  world: World,
  places: Places,
  account: Partial<Account>,
  language: Language,
): Promise<Facts> {
  const { tools, broken } = await configured(places)
  const watched = tools.length > 0 ? [...new Set(tools.map(({ tool }) => tool))] : TOOLS
  const won = await winnersIn(world, places, watched, account.key ?? '')
  const { host, key } = account
  if (!host || !key) return { account, tools, broken, won, standing: undefined, refusals: [] }
  const [standing, refusals] = await Promise.all([
    ask({ host, key }, 'standing', { language }),
    ask({ host, key }, 'refusals', { language }),
  ])
  return { account, tools, broken, won, standing, refusals: refusals.ok ? refusals.data.refusals : [] }
}

async function configured(places: Places): Promise<Pick<Facts, 'tools' | 'broken'>> {
  const tools: { tool: Tool; current: Current }[] = []
  const broken: Facts['broken'][number][] = []
  for (const tool of TOOLS)
    for (const { path: file, read } of tool.current(places)) {
      const text = await readText(file)
      if (text === undefined) continue
      const settings = readSettings(file, text)
      if (!settings.ok) broken.push({ file, line: settings.line, column: settings.column, why: settings.why })
      const current = settings.ok ? read(text) : undefined
      if (current) tools.push({ tool, current })
    }
  return { tools, broken }
}
