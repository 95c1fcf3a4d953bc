import { SLOTS, type ModelFacts } from '@codeplan/contract/recipes'

import { savedAccount, type Account } from './account.ts'
import { ask as askServer, noAnswer } from './api.ts'
import { hostOf } from './host.ts'
import { keyForm, looksLikeKey, maskKeys } from './key.ts'
import { chooseModels, modelsOf } from './models.ts'
import { givenAccount } from './options.ts'
import type { Places } from './places.ts'
import { statuslineCommand } from './statusline-command.ts'
import { TOOLS, toolOf } from './tools/list.ts'
import { NAMED, type Tool, type Wish } from './tools/tool.ts'
import { EXIT, Stop, type Ask, type Language, type World } from './world.ts'

export interface SetupOptions {
  readonly host?: string
  readonly key?: string
  readonly lang?: string
  readonly tool?: readonly string[]
  readonly model?: readonly string[]
  readonly scope?: string
  readonly mcp?: boolean
  readonly statusline?: boolean
  readonly yes?: boolean
  readonly offline?: boolean
}

interface Collected {
  readonly tools: readonly Tool[]
  readonly wish: Wish
  readonly language: Language
}

/** What is wanted: as given, and asked for what is missing where somebody is there. The server says which models the plan has. */
export async function collectWish(
  world: World,
  places: Places,
  options: SetupOptions,
  spoken: Language,
): Promise<Collected> {
  // With --yes nothing but the key is asked: what is missing is an error, in a terminal as in a script.
  const ask = options.yes ? undefined : world.ask
  const language = ask && !options.lang && !options.tool ? await askLanguage(ask, spoken) : spoken
  const tools = await chooseTools(options, ask, language)
  const scope = scopeOf(options.scope, tools)
  const { host, key } = await accountFor(world, places, options, ask, language)
  if (!looksLikeKey(key))
    throw new Stop(EXIT.wrongUse, { en: `wrong key: ${keyForm.en}`, zh: `Key 有误：${keyForm.zh}` })

  const models = options.offline ? modelsOf(undefined, undefined) : await modelsFromServer(host, key, language)
  const wishes = options.model ?? (ask ? await askModels(ask, tools, models, language) : [])
  const yesNo = async (given: boolean | undefined, question: { en: string; zh: string }): Promise<boolean> =>
    given ?? (ask !== undefined && /^(y|yes|是|好)$/i.test(await ask.line(question[language])))
  const mcp = await yesNo(options.mcp, {
    en: 'Add the MCP services (web search, web reader, vision)? [y/N] ',
    zh: '添加 MCP 服务（联网搜索、网页读取、视觉理解）？[y/N] ',
  })
  const line =
    tools.some(({ id }) => id === 'claude-code') &&
    (await yesNo(options.statusline, {
      en: 'Show what is left of the plan in Claude Code’s status line? [y/N] ',
      zh: '在 Claude Code 状态栏显示套餐余量？[y/N] ',
    }))
  const statusline = line ? await statuslineCommand(world) : undefined
  return {
    tools,
    language,
    wish: { host, key, provider: NAMED, ...chooseModels(models, wishes), mcp, statusline, scope },
  }
}

/** A person may keep what the last setup knew, or say something else; a script takes it. */
async function accountFor(
  world: World,
  places: Places,
  options: SetupOptions,
  ask: Ask | undefined,
  language: Language,
): Promise<Account> {
  const given = await givenAccount(options, world)
  const { host = '', key = '' } = await savedAccount(places)
  const kept = (text: string): string => (text && ask ? ` [${maskKeys(text, key)}]` : '')
  const hostQuestion = { en: `Server (https://…)${kept(host)}: `, zh: `服务器地址（https://…）${kept(host)}：` }
  const keyQuestion = { en: `API key (not shown)${kept(key)}: `, zh: `API Key（不显示）${kept(key)}：` }
  const fromHere = { host: given.host ?? world.env['CODEPLAN_HOST'], key: given.key ?? world.env['CODEPLAN_KEY'] }
  const atLast = { host: ask ? undefined : host || undefined, key: world.ask ? undefined : key || undefined }
  return {
    host: hostOf(
      fromHere.host ?? atLast.host ?? (await need(ask?.line, hostQuestion, '--host', language, host || undefined)),
    ),
    key: (
      fromHere.key ??
      atLast.key ??
      (await need(world.ask?.hidden, keyQuestion, '--key', language, key || undefined))
    ).trim(),
  }
}

async function askLanguage(ask: Ask, spoken: Language): Promise<Language> {
  const answer = await ask.line(`Language / 语言: 1 English, 2 中文 [${spoken === 'zh' ? 2 : 1}] `)
  return answer === '' ? spoken : /^(2|zh|中)/.test(answer) ? 'zh' : 'en'
}

async function chooseTools(options: SetupOptions, ask: Ask | undefined, language: Language): Promise<readonly Tool[]> {
  const given = options.tool?.flatMap((word) => word.split(','))
  if (given) return [...new Set(given)].map(toolOf)
  const list = TOOLS.map(({ name }, n) => `  ${n + 1} ${name}`).join('\n')
  const question = { en: `Which tools?\n${list}\nNumbers [1]: `, zh: `要设置哪些工具？\n${list}\n编号 [1]：` }
  const answer = (await need(ask?.line, question, '--tool', language, '1')).split(/[\s,，]+/)
  return [...new Set(answer)].map((word) => TOOLS[Number(word) - 1] ?? toolOf(word))
}

function scopeOf(given: string | undefined, tools: readonly Tool[]): Wish['scope'] {
  const scope = given ?? 'user'
  if (scope !== 'user' && scope !== 'project')
    throw new Stop(EXIT.wrongUse, { en: '--scope is user or project', zh: '--scope 只能是 user 或 project' })
  const not = tools.find(({ scopes }) => !scopes.includes(scope))
  if (not)
    throw new Stop(EXIT.wrongUse, {
      en: `${not.name} has no settings of a project`,
      zh: `${not.name} 不支持按项目设置`,
    })
  return scope
}

async function need(
  ask: ((question: string) => Promise<string>) | undefined,
  question: { readonly en: string; readonly zh: string },
  option: string,
  language: Language,
  fallback?: string,
): Promise<string> {
  if (!ask) throw new Stop(EXIT.wrongUse, { en: `${option} is missing`, zh: `缺少 ${option}` })
  const answer = (await ask(question[language])) || fallback
  return answer ?? need(ask, question, option, language)
}

async function modelsFromServer(host: string, key: string, language: Language): Promise<readonly ModelFacts[]> {
  const [standing, prices] = await Promise.all([
    askServer({ host, key }, 'standing', { language }),
    askServer({ host, key }, 'prices', { language }),
  ])
  if (!standing.ok) throw noAnswer(host, standing)
  if (!prices.ok) throw noAnswer(host, prices)
  return modelsOf(prices.data, standing.data)
}

async function askModels(
  ask: Ask,
  tools: readonly Tool[],
  models: readonly ModelFacts[],
  language: Language,
): Promise<readonly string[]> {
  const slots = tools.some(({ id }) => id === 'claude-code') ? SLOTS : (['main', 'small'] as const)
  const usual = chooseModels(models, [])
  const list = models.map(({ id }) => id).join(', ')
  const wishes: string[] = []
  for (const slot of slots) {
    const preset = slot === 'main' ? usual.main : slot === 'small' ? usual.small : usual.slots[slot]
    const question = {
      en: `Model for ${slot} (${list}) [${preset}]: `,
      zh: `${slot} 使用的模型（${list}）[${preset}]：`,
    }
    wishes.push(`${slot}=${(await ask.line(question[language])) || preset}`)
  }
  return wishes
}
