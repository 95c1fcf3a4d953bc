import { EXIT, Stop } from '../world.ts'
import { BY_HAND } from './by-hand.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { crush } from './crush.ts'
import { droid } from './droid.ts'
import { kilo, opencode } from './opencode.ts'
import { qwenCode } from './qwen-code.ts'
import type { Tool } from './tool.ts'

/** In the order in which they are offered; ids as in the operator's catalog. */
export const TOOLS: readonly Tool[] = [claudeCode, opencode, codex, qwenCode, kilo, crush, droid, ...BY_HAND]

export function toolOf(id: string): Tool {
  const tool = TOOLS.find((known) => known.id === id)
  if (tool) return tool
  const ids = TOOLS.map((known) => known.id).join(', ')
  throw new Stop(EXIT.wrongUse, { en: `"${id}" is none of: ${ids}`, zh: `"${id}" 不在支持的工具中：${ids}` })
}
