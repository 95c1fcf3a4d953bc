import { readText, writeWhole } from './files.ts'
import { hostOf } from './host.ts'
import type { Places } from './places.ts'
import { EXIT, Stop, type Env } from './world.ts'

export interface Account {
  readonly host: string
  readonly key: string
}

/** What setup has kept, so that usage, statusline and doctor know whom to ask. */
export async function savedAccount({ own }: Places): Promise<Partial<Account>> {
  const text = await readText(own.account)
  try {
    return text === undefined ? {} : (JSON.parse(text) as Partial<Account>)
  } catch {
    return {}
  }
}

export const saveAccount = ({ own }: Places, account: Account): Promise<void> =>
  writeWhole(own.account, `${JSON.stringify(account, null, 2)}\n`)

/** Host and key: as given, else of the environment, else as kept. */
export async function accountOf(places: Places, env: Env, given: Partial<Account>): Promise<Partial<Account>> {
  const saved = await savedAccount(places)
  const host = given.host ?? env['CODEPLAN_HOST'] ?? saved.host
  const key = (given.key ?? env['CODEPLAN_KEY'] ?? saved.key)?.trim()
  return { ...(host ? { host: hostOf(host) } : {}), ...(key ? { key } : {}) }
}

export function complete({ host, key }: Partial<Account>): Account {
  if (host && key) return { host, key }
  throw new Stop(EXIT.wrongUse, {
    en: `no ${host ? 'key' : 'host'} is known: run "codeplan setup" first, or set CODEPLAN_HOST and CODEPLAN_KEY`,
    zh: `尚不知道${host ? ' Key' : '服务器地址'}：请先运行 "codeplan setup"，或设置 CODEPLAN_HOST 与 CODEPLAN_KEY`,
  })
}
