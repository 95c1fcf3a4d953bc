import { cherryStudio, cline, cursor, goose, roo } from './by-window.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { crush } from './crush.ts'
import { droid } from './droid.ts'
import { kilo, opencode } from './opencode.ts'
import { qwenCode } from './qwen-code.ts'
import type { Recipe } from './recipe.ts'

export * from './addresses.ts'
export * from './recipe.ts'
export * from './written.ts'
export { QWEN_KEY } from './qwen-code.ts'
export { cherryStudio, claudeCode, cline, codex, crush, cursor, droid, goose, kilo, opencode, qwenCode, roo }

/** In the order in which they are offered. */
export const RECIPES: readonly Recipe[] = [
  claudeCode,
  opencode,
  codex,
  qwenCode,
  kilo,
  crush,
  droid,
  cline,
  roo,
  goose,
  cherryStudio,
  cursor,
]
