import type { RefusedShown, UsageStanding } from '@codeplan/contract'

import type { Account } from '../account.ts'
import { ask, type Asked } from '../api.ts'
import { exists, readText } from '../files.ts'
import type { Places } from '../places.ts'
import { TOOLS } from '../tools/list.ts'
import type { Current, Tool } from '../tools/tool.ts'
import { winnersIn, type Won } from '../winners.ts'
import type { Language, World } from '../world.ts'

/** All that doctor has looked at; what it means is decided in `findings.ts`. */
export interface Facts {
  readonly account: Partial<Account>
  /** Files of tools that speak of a base URL or a key of ours. */
  readonly tools: readonly { readonly tool: Tool; readonly current: Current }[]
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
  const tools = await configured(places)
  const watched = tools.length > 0 ? [...new Set(tools.map(({ tool }) => tool))] : TOOLS
  const won = await winnersIn(world, places, watched, account.key ?? '')
  const { host, key } = account
  if (!host || !key) return { account, tools, won, standing: undefined, refusals: [] }
  const [standing, refusals] = await Promise.all([
    ask({ host, key }, 'standing', { language }),
    ask({ host, key }, 'refusals', { language }),
  ])
  return { account, tools, won, standing, refusals: refusals.ok ? refusals.data.refusals : [] }
}

async function configured(places: Places): Promise<Facts['tools']> {
  const found: { tool: Tool; current: Current }[] = []
  for (const tool of TOOLS)
    for (const { path, read } of tool.current(places)) {
      const text = (await exists(path)) ? await readText(path) : undefined
      const current = text === undefined ? undefined : read(text)
      if (current) found.push({ tool, current })
    }
  return found
}
