import type { ServerResponse } from 'node:http'

import { usedShare, type WindowReading } from '@codeplan/core'

import type { Admission } from '../entitlements/index.ts'

/** From this share of a window on, tools that read these headers warn their user. */
const WARNING_SHARE = 0.9
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * What is left of each window, on every plan call. `anthropic-ratelimit-unified-…` is the family that Claude Code reads;
 * `x-codeplan-…` says the same plainly, in prompts, on every base.
 */
export function setStandingHeaders(res: ServerResponse, admission: Admission): void {
  if (admission.purse.kind === 'balance') {
    res.setHeader('x-codeplan-purse', admission.purse.overflow === undefined ? 'balance' : 'balance (overflow)')
    return
  }
  if (admission.purse.kind === 'service') return setService(res, admission.purse)
  res.setHeader('x-codeplan-plan', admission.plan)
  res.setHeader('x-codeplan-prompt', admission.promptId)
  res.setHeader('x-codeplan-multiplier', admission.multiplier / 1000)
  // What is due is told where people look when they work.
  if (admission.paymentOpenUntil !== undefined) {
    res.setHeader('x-codeplan-payment', `open; served until ${isoOf(admission.paymentOpenUntil)}`)
  }
  let fullest: WindowReading | undefined
  for (const window of admission.windows) {
    const name = window.id.replaceAll('_', '-')
    res.setHeader(`x-codeplan-${name}-limit`, inPrompts(window.allowance))
    res.setHeader(`x-codeplan-${name}-used`, inPrompts(window.after))
    res.setHeader(`x-codeplan-${name}-remaining`, inPrompts(Math.max(0, window.allowance - window.after)))
    res.setHeader(`x-codeplan-${name}-reset`, isoOf(window.resetsAt))
    if (!fullest || shareOf(window) > shareOf(fullest)) fullest = window
  }
  if (fullest && admission.path.startsWith('/api/anthropic')) setUnified(res, admission.windows, fullest)
  if (admission.path.endsWith('/responses')) setCodex(res, admission.windows)
}

/** What is left of the calls of a service beside the models. */
function setService(res: ServerResponse, { service, left }: Extract<Admission['purse'], { kind: 'service' }>): void {
  const name = service.replaceAll('_', '-')
  res.setHeader('x-codeplan-purse', name)
  res.setHeader(`x-codeplan-${name}-limit`, left.calls)
  res.setHeader(`x-codeplan-${name}-used`, left.used)
  res.setHeader(`x-codeplan-${name}-remaining`, Math.max(0, left.calls - left.used))
  if (left.resetsAt !== undefined) res.setHeader(`x-codeplan-${name}-reset`, isoOf(left.resetsAt))
}

/** Codex shows two windows in its status, a short one and a long one. */
function setCodex(res: ServerResponse, windows: readonly WindowReading[]): void {
  const byLength = windows.toSorted((a, b) => a.lengthMs - b.lengthMs)
  const shown = { primary: byLength[0], secondary: byLength.length > 1 ? byLength.at(-1) : undefined }
  for (const [name, window] of Object.entries(shown)) {
    if (!window) continue
    res.setHeader(`x-codex-${name}-used-percent`, (shareOf(window) * 100).toFixed(2))
    res.setHeader(`x-codex-${name}-window-minutes`, Math.round(window.lengthMs / MINUTE_MS))
    res.setHeader(`x-codex-${name}-reset-at`, Math.ceil(window.resetsAt / 1000))
  }
}

function setUnified(res: ServerResponse, windows: readonly WindowReading[], fullest: WindowReading): void {
  res.setHeader('anthropic-ratelimit-unified-status', statusOf(fullest))
  res.setHeader('anthropic-ratelimit-unified-representative-claim', claimOf(fullest).claim)
  res.setHeader('anthropic-ratelimit-unified-reset', Math.ceil(fullest.resetsAt / 1000))
  for (const window of windows) {
    const { short } = claimOf(window)
    res.setHeader(`anthropic-ratelimit-unified-${short}-status`, statusOf(window))
    res.setHeader(`anthropic-ratelimit-unified-${short}-utilization`, shareOf(window).toFixed(4))
    res.setHeader(`anthropic-ratelimit-unified-${short}-reset`, Math.ceil(window.resetsAt / 1000))
  }
}

/** The call was let in, so a full window never says `rejected` here: the tool would block a call that we would admit. */
const statusOf = (window: WindowReading): string => (shareOf(window) >= WARNING_SHARE ? 'allowed_warning' : 'allowed')

/** Claude Code knows two claims, by length: a short window and a week. */
const claimOf = ({ lengthMs }: WindowReading) =>
  lengthMs < DAY_MS ? { claim: 'five_hour', short: '5h' } : { claim: 'seven_day', short: '7d' }

const shareOf = ({ after, allowance }: WindowReading): number => usedShare({ used: after, allowance })
const inPrompts = (micro: number): number => micro / 1_000_000

/** A window has one reset instant for hours, and a second call of its subscriber asks for the same text. */
const ISO_MAX = 10_000
const isoTexts = new Map<number, string>()

function isoOf(at: number): string {
  const known = isoTexts.get(at)
  if (known !== undefined) return known
  if (isoTexts.size >= ISO_MAX) isoTexts.clear()
  const text = new Date(at).toISOString()
  isoTexts.set(at, text)
  return text
}
