import { parseArgs, type ParseArgsConfig } from 'node:util'

import { EXIT, Stop, type Language, type World } from './world.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** What every command takes. */
const SHARED = {
  host: { type: 'string' },
  key: { type: 'string' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export function parse<const T extends Options>(args: readonly string[], options: T, positionals = 0) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...SHARED, ...options },
      allowPositionals: true,
      strict: true,
    })
    const extra = parsed.positionals[positionals]
    if (extra !== undefined) throw new Error(`unexpected "${extra}"`)
    return parsed
  } catch (error) {
    const { message } = error as Error
    throw new Stop(EXIT.wrongUse, {
      en: `${message}. See codeplan --help`,
      zh: `参数有误：${message}。参见 codeplan --help`,
    })
  }
}

/** `--lang`, else the terminal's language. */
export function languageOf(args: readonly string[], env: World['env']): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='))
  const given = at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1])
  return /^zh/i.test(given ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'zh' : 'en'
}

/** `--key -` reads it from standard input, so that it stands neither in the history nor in the list of processes. */
export const givenAccount = async (
  values: { readonly host?: string | undefined; readonly key?: string | undefined },
  world: World,
): Promise<{ host?: string; key?: string }> => {
  const key = values.key === '-' ? (await world.input()).trim() : values.key
  return { ...(values.host ? { host: values.host } : {}), ...(key ? { key } : {}) }
}
