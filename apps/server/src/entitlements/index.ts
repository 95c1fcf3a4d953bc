import { no, type Instant, type Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { isDatabaseAway, type Clock, type Db, type Log, type Metrics, type Refusal } from '../platform/index.ts'
import { admit } from './admit.ts'
import { makeBatcher } from './batch.ts'
import { credit, type Credited, type CreditWish } from './credit.ts'
import { makeEndedCalls } from './ended-calls.ts'
import { grant, type Granted } from './grant.ts'
import { recover } from './recover.ts'
import { forgetFacts } from './retention.ts'
import { settle, type SettleDeps } from './settle.ts'
import { standingsOf, type Standing } from './standing.ts'
import { sayOthersGone } from './store.ts'
import type { Admission, AdmissionRequest, Ending, Settlement } from './types.ts'

export { ALIVE_EVERY_MS, noTokens } from './recover.ts'
export { eventById, holdById, promptCalls, type EventRow, type HoldRow } from './store.ts'
export { checkBooks, type BooksFault } from './check.ts'
export type { Admission, AdmissionRequest, Ending, Granted, Settlement, Standing }
export type { EventDetails, Tokens, Tried } from './types.ts'

/** May this call run, and what did it use? */
export interface Entitlements {
  /** Takes before it spends. Refuses when the counting cannot be reached: nothing runs uncounted. */
  admit(request: AdmissionRequest): Promise<Outcome<Admission, Refusal>>
  /** Ends a call. Returns at once; the writing is repeated until it has succeeded. */
  settle(settlement: Settlement): void
  /** All subscriptions of a member, and the one that is drawn. */
  standings(memberId: string, now: Instant): Promise<readonly Standing[]>
  standing(memberId: string, now: Instant): Promise<Standing | undefined>
  grant(
    wish: { memberId: string; plan: string; months: number; source: string },
    now: Instant,
  ): Promise<Outcome<Granted, string>>
  credit(wish: CreditWish, now: Instant): Promise<Outcome<Credited, string>>
  /** Lets go of facts that the catalog no longer asks to keep; answers the partitions that were dropped. */
  forget(now: Instant): Promise<readonly string[]>
  /** Says that this node lives and settles what dead ones have left. */
  recover(): Promise<number>
  /** An embedded database has one process: whatever others have left can be settled at once. */
  claimAlone(): Promise<void>
  waiting(): number
  /** Resolves when every ended call is written, or after `msMax` while the database is away: recovery does the rest. */
  drain(msMax?: number): Promise<void>
}

export interface EntitlementsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly node: string
  readonly log: Log
  readonly metrics: Metrics
}

/** A batch larger than this holds its rows' locks for too long. */
const BATCH_MAX = 500
/** Under load admissions wait a moment for company: half as many batches for the same calls. A caller alone does not wait. */
const ADMIT_GATHER_MS = 2
const ADMIT_GATHER_FROM = 4
/** Settlements wait this long for company: nobody waits for them, and a disk write is shared by more calls. */
const SETTLE_GATHER_MS = 10
/** Pauses between attempts to write a settlement while the database is away. */
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 5_000

const DRAIN_MS_MAX = 15_000

export function makeEntitlements(given: EntitlementsDeps): Entitlements {
  const deps = { ...given, ended: makeEndedCalls() }
  const { log, metrics } = deps
  const timed = async <T>(kind: string, work: () => Promise<T>): Promise<T> => {
    const end = metrics.batch.startTimer({ kind })
    try {
      return await work()
    } finally {
      end()
    }
  }
  const admissions = makeBatcher<AdmissionRequest, Outcome<Admission, Refusal>>({
    work: (requests) => timed('admit', () => admit(deps, requests)),
    gatherMs: ADMIT_GATHER_MS,
    gatherFrom: ADMIT_GATHER_FROM,
    sizeMax: BATCH_MAX,
  })
  const settlements = makeBatcher<Settlement, boolean>({
    work: (batch) => timed('settle', () => settleUntilWritten(deps, batch)),
    gatherMs: SETTLE_GATHER_MS,
    gatherFrom: 0,
    sizeMax: BATCH_MAX,
  })
  return {
    admit: async (request) => {
      try {
        return await admissions.add(request)
      } catch (error) {
        log.error({ err: error }, 'an admission could not be decided')
        return no({ code: 'unavailable', why: 'database' })
      }
    },
    settle: (settlement) => {
      metrics.unsettled.inc()
      deps.ended.add(settlement)
      void settlements
        .add(settlement)
        .catch((error: unknown) => log.error({ err: error, call: settlement.admission.id }, 'a call was not settled'))
        .finally(() => metrics.unsettled.dec())
    },
    standings: (memberId, now) => standingsOf(deps, memberId, now),
    standing: async (memberId, now) => (await standingsOf(deps, memberId, now)).find((s) => s.drawn),
    grant: (wish, now) => grant(deps, wish, now),
    credit: (wish, now) => credit(deps, wish, now),
    forget: (now) => forgetFacts(deps, now),
    recover: () => recover(deps),
    claimAlone: () => sayOthersGone(deps.db.queries, deps.node),
    waiting: () => settlements.size(),
    drain: (msMax = DRAIN_MS_MAX) => within(msMax, settlements.idle()),
  }
}

/** Waits for work, but not longer than this. */
async function within(msMax: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>((late) => (timer = setTimeout(late, msMax)))])
  clearTimeout(timer)
}

async function settleUntilWritten(
  deps: SettleDeps & { readonly log: Log },
  batch: readonly Settlement[],
): Promise<readonly boolean[]> {
  for (let pauseMs = RETRY_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX)) {
    try {
      return await settle(deps, batch)
    } catch (error) {
      if (!isDatabaseAway(error)) {
        if (batch.length === 1) throw error
        // One faulty settlement must not keep the others from being written.
        return oneByOne(deps, batch)
      }
      deps.log.warn({ err: error, calls: batch.length }, 'settlements wait for the database')
      await new Promise((again) => setTimeout(again, pauseMs))
    }
  }
}

async function oneByOne(
  deps: SettleDeps & { readonly log: Log },
  batch: readonly Settlement[],
): Promise<readonly boolean[]> {
  const answers: boolean[] = []
  for (const settlement of batch) {
    try {
      answers.push(...(await settleUntilWritten(deps, [settlement])))
    } catch (error) {
      deps.log.error(
        { err: error, call: settlement.admission.id },
        'a settlement is faulty; its hold is left for recovery',
      )
      answers.push(false)
    }
  }
  return answers
}
