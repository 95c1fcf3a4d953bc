import type { ServerResponse } from 'node:http'

import { no, type Outcome } from '@codeplan/core'

import type { Admission, AdmissionRequest, Entitlements } from '../entitlements/index.ts'
import type { Clock, Refusal } from '../platform/index.ts'
import { whileThere } from './while-there.ts'

/** How a wait for a place of one's own ended. `turn`: one may be free, ask for it. `no`: the line is full, or it is too late. */
export type OwnWait = 'turn' | 'no' | 'left' | 'draining'

interface Waiter {
  readonly deadlineAt: number
  readonly end: (how: OwnWait) => void
}

interface Line {
  readonly waiters: Waiter[]
  triedAt: number
}

/** Calls may end on other nodes, and be recovered: nobody tells us, so the first in line asks this often. */
const ASK_EVERY_MS = 3_000

/** A line for each member who has as many calls running as the plan allows. As many may wait as may run. */
export interface OwnLines {
  /** Calls that wait, of all members. */
  readonly size: number
  wait(
    memberId: string,
    how: { readonly waitingMax: number; readonly deadlineAt: number; readonly isFirst: boolean },
    onLeave: (leave: () => void) => void,
  ): Promise<OwnWait>
  /** A call of this member has ended. */
  ended(memberId: string): void
  tick(): void
  close(): void
}

export function makeOwnLines(clock: Clock): OwnLines {
  const lines = new Map<string, Line>()
  let isClosed = false

  function end(memberId: string, line: Line, waiter: Waiter | undefined, how: OwnWait): void {
    const at = waiter ? line.waiters.indexOf(waiter) : -1
    if (at < 0) return
    line.waiters.splice(at, 1)
    if (line.waiters.length === 0) lines.delete(memberId)
    waiter?.end(how)
  }
  const callFirst = (memberId: string, line: Line): void => {
    line.triedAt = clock.now()
    end(memberId, line, line.waiters[0], 'turn')
  }

  return {
    get size() {
      return [...lines.values()].reduce((sum, { waiters }) => sum + waiters.length, 0)
    },
    wait: (memberId, { waitingMax, deadlineAt, isFirst }, onLeave) => {
      const now = clock.now()
      const line = lines.get(memberId) ?? { waiters: [], triedAt: now }
      if (isClosed) return Promise.resolve('draining')
      if (deadlineAt <= now || (line.waiters.length >= waitingMax && !isFirst)) return Promise.resolve('no')
      lines.set(memberId, line)
      return new Promise((resolve) => {
        const waiter: Waiter = { deadlineAt, end: resolve }
        if (isFirst) line.waiters.unshift(waiter)
        else line.waiters.push(waiter)
        onLeave(() => end(memberId, line, waiter, 'left'))
      })
    },
    ended: (memberId) => {
      const line = lines.size > 0 ? lines.get(memberId) : undefined
      if (line) callFirst(memberId, line)
    },
    tick: () => {
      const now = clock.now()
      for (const [memberId, line] of lines) {
        for (const waiter of line.waiters.filter(({ deadlineAt }) => deadlineAt <= now))
          end(memberId, line, waiter, 'no')
        if (now - line.triedAt >= ASK_EVERY_MS) callFirst(memberId, line)
      }
    },
    close: () => {
      isClosed = true
      for (const { waiters } of lines.values()) for (const waiter of waiters) waiter.end('draining')
      lines.clear()
    },
  }
}

/** Admits a call that was refused for too many of its own, as soon as one of them has ended. */
export async function admitInTurn(
  deps: { readonly entitlements: Entitlements; readonly ownLines: OwnLines },
  res: ServerResponse,
  request: AdmissionRequest,
  refused: { readonly no: Extract<Refusal, { code: 'too_many_calls' }>; readonly deadlineAt: number },
): Promise<Outcome<Admission, Refusal | { readonly code: 'client_left' }>> {
  const { deadlineAt } = refused
  let refusal = refused.no
  for (let isFirst = false; ; isFirst = true) {
    const how = { waitingMax: refusal.concurrencyMax, deadlineAt, isFirst }
    const ended = await whileThere(res, (onLeave) => deps.ownLines.wait(request.memberId, how, onLeave))
    if (ended === 'left') return no({ code: 'client_left' })
    if (ended === 'draining') return no({ code: 'unavailable', why: 'draining' })
    if (ended === 'no') return no(refusal)
    const admitted = await deps.entitlements.admit(request)
    if (admitted.ok || admitted.no.code !== 'too_many_calls') return admitted
    // Another was faster: whose turn it was is first again.
    refusal = admitted.no
  }
}
