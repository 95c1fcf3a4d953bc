import { MINUTE_MS, type Instant } from '@codeplan/core'

import { networkOf } from './client-address.ts'
import { readToken } from './jwt.ts'
import { hashKey, looksLikeKey } from './key-text.ts'

/** Wrong keys within a minute from one address (a whole office may stand behind it), and for one key's beginning. */
export const FAILURES_PER_ADDRESS = 30
export const FAILURES_PER_PREFIX = 10
const PREFIX_LENGTH = 8
/** Addresses and beginnings that are remembered, and good keys: beyond it the memory starts anew. */
const REMEMBERED_MAX = 100_000

/**
 * Slows down whoever tries keys. Who waits is not looked up, so that guessing costs the database nothing. A key that this node has once
 * found good is never slowed by others; one that it has not yet seen, from an address full of failures, waits at most a minute.
 */
export interface FailedKeys {
  failed(text: string, address: string, now: Instant): void
  succeeded(text: string): void
  /** It was wrong before, and keys are never made twice: a tool with an old key hears so at once, however often it asks. */
  isKnownWrong(text: string): boolean
  /** How long this key, from there, is not looked at; 0: now. */
  waitMs(text: string, address: string, now: Instant): number
}

export function makeFailedKeys(): FailedKeys {
  const counts = new Map<string, { readonly since: number; failures: number }>()
  const good = new Set<string>()
  const wrong = new Set<string>()
  const idOf = (text: string): string => hashKey(handleOf(text)).toString('base64')
  const places = (text: string, address: string): readonly (readonly [string, number])[] => [
    [`address ${networkOf(address)}`, FAILURES_PER_ADDRESS],
    [`prefix ${handleOf(text).slice(0, PREFIX_LENGTH)}`, FAILURES_PER_PREFIX],
  ]
  return {
    failed: (text, address, now) => {
      // Of the signed form one failure says nothing about the others, and it may become valid: its clock runs ahead of ours.
      if (looksLikeKey(text)) {
        good.delete(idOf(text))
        if (wrong.size >= REMEMBERED_MAX) wrong.clear()
        wrong.add(idOf(text))
      }
      if (counts.size >= REMEMBERED_MAX) counts.clear()
      for (const [place] of places(text, address)) {
        const count = counts.get(place)
        if (count && now - count.since < MINUTE_MS) count.failures++
        else counts.set(place, { since: now, failures: 1 })
      }
    },
    succeeded: (text) => {
      if (good.size >= REMEMBERED_MAX) good.clear()
      good.add(idOf(text))
    },
    isKnownWrong: (text) => wrong.size > 0 && wrong.has(idOf(text)),
    waitMs: (text, address, now) => {
      if (counts.size === 0) return 0
      const waits = places(text, address).map(([place, max]) => {
        const count = counts.get(place)
        return count && count.failures >= max ? count.since + MINUTE_MS - now : 0
      })
      const wait = Math.max(0, ...waits)
      return wait > 0 && good.has(idOf(text)) ? 0 : wait
    },
  }
}

/** Of the signed form the key that it names: every call may bring another signature. */
const handleOf = (text: string): string => readToken(text)?.handle ?? text
