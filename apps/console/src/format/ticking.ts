import { useSyncExternalStore } from 'react'

/** How far the clock of the server, which decides, is ahead of the one of this machine. */
let aheadMs = 0
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

export const setServerTime = (now: string): void => {
  aheadMs = Date.parse(now) - Date.now()
  for (const tell of listeners) tell()
}

export const serverNow = (): number => Date.now() + aheadMs

function listen(tell: () => void): () => void {
  listeners.add(tell)
  timer ??= setInterval(() => {
    for (const one of listeners) one()
  }, 1_000)
  return () => {
    listeners.delete(tell)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The server's time, to the last whole step: one timer for the whole page, and nothing is drawn between steps. */
export function useNow(stepMs = 60_000): number {
  return useSyncExternalStore(listen, () => Math.floor(serverNow() / stepMs) * stepMs)
}
