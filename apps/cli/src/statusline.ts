import type { UsageStanding } from '@codeplan/contract'

import { accountOf } from './account.ts'
import { ask } from './api.ts'
import { clockTime, windowName } from './bars.ts'
import { readText, writeWhole } from './files.ts'
import { placesOf, type Places } from './places.ts'
import { EXIT, type Exit, type Language, type World } from './world.ts'

/** The line is drawn several times a second; the figures change with each call. */
const FRESH_MS = 20_000
/** A server that does not answer is not asked again at every line. */
const TIMEOUT_MS = 1_500

interface Kept {
  readonly at: number
  readonly host: string
  readonly standing: UsageStanding | null
}

/** One line for Claude Code. Whatever happens it prints something and ends well: a status line must not be a trouble. */
export async function statusline(world: World, _args: readonly string[], language: Language): Promise<Exit> {
  try {
    const given = await world.input()
    const kept = await standingNow(world, language)
    world.out(`${line(modelOf(given), kept, world.now(), language)}\n`)
  } catch {
    world.out('codeplan\n')
  }
  return EXIT.ok
}

function modelOf(given: string): string {
  try {
    const { model } = JSON.parse(given) as { readonly model?: { readonly display_name?: string; readonly id?: string } }
    return model?.display_name ?? model?.id ?? ''
  } catch {
    return ''
  }
}

async function standingNow(world: World, language: Language): Promise<Kept | undefined> {
  const places = placesOf(world)
  const { env } = world
  // Claude Code hands on what its settings say, so the line works without anything of ours, too.
  const claude = env['ANTHROPIC_BASE_URL'] && env['ANTHROPIC_AUTH_TOKEN']
  const account = await accountOf(
    places,
    env,
    claude ? { host: env['ANTHROPIC_BASE_URL'] ?? '', key: env['ANTHROPIC_AUTH_TOKEN'] ?? '' } : {},
  )
  const { host, key } = account
  if (!host || !key) return undefined
  const kept = await lastKept(places)
  const age = kept?.host === host ? world.now() - kept.at : Number.POSITIVE_INFINITY
  if (kept && age >= 0 && age < FRESH_MS) return kept
  const asked = await ask({ host, key }, 'standing', { language, timeoutMs: TIMEOUT_MS })
  const standing = asked.ok ? asked.data : kept?.host === host ? kept.standing : null
  const fresh: Kept = { at: world.now(), host, standing }
  await writeWhole(places.own.standing, JSON.stringify(fresh)).catch(() => undefined)
  return fresh
}

async function lastKept({ own }: Places): Promise<Kept | undefined> {
  try {
    return JSON.parse((await readText(own.standing)) ?? '') as Kept
  } catch {
    return undefined
  }
}

export function line(model: string, kept: Kept | undefined, now: number, language: Language): string {
  const zh = language === 'zh'
  const drawn = kept?.standing?.subscriptions.find((one) => one.drawn) ?? kept?.standing?.subscriptions[0]
  const parts = [model].filter(Boolean)
  if (!kept) parts.push(zh ? '未设置：codeplan setup' : 'not set up: codeplan setup')
  else if (!kept.standing) parts.push(zh ? '服务器无应答' : 'no answer from the server')
  else if (!drawn) parts.push(zh ? '没有生效中的套餐' : 'no plan is running')
  for (const window of drawn?.windows ?? []) {
    // A window that has reset since it was asked for is untouched again.
    const over = window.resets_at !== null && Date.parse(window.resets_at) <= now
    const share = over ? 0 : window.used_share
    const reset = over || window.resets_at === null ? '' : ` ↻${clockTime(window.resets_at, now, language)}`
    const hue = share >= 0.9 ? 31 : share >= 0.7 ? 33 : 32
    parts.push(`${windowName(window, language)} \u001B[${hue}m${Math.floor(share * 100)}%\u001B[39m${reset}`)
  }
  return parts.join(' · ')
}
