import { no, type CallId, type Instant, type MemberId, type Micros, type Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { isDatabaseAway, type Clock, type Db, type Log, type Metrics, type Refusal } from '../platform/index.ts'
import { credit, type Credited, type CreditWish, type NoCredit } from './credit.ts'
import { makeEndingCalls } from './ending-calls.ts'
import { makeFilled, type Filled } from './filled.ts'
import { grant, type Granted } from './grant.ts'
import { Memory } from './memory.ts'
import { recover } from './recover.ts'
import { forgetFacts } from './retention.ts'
import { makeRounds } from './rounds.ts'
import {
  endService,
  giveBackAbandoned,
  takeService,
  type ServiceEnd,
  type ServiceTaken,
  type ServiceWish,
} from './services.ts'
import { standingsOf, type Standing } from './standing.ts'
import { sayOthersGone } from './store.ts'
import type { Admission, AdmissionRequest, Ending, Settlement } from './types.ts'
import { addBalance, setOverflow, walletStanding, type Gift, type WalletStanding } from './wallet.ts'

export { ALIVE_EVERY_MS, noTokens } from './recover.ts'
export { eventById, holdById, promptCalls, type EventRow, type HoldRow, type PromptRow } from './store.ts'
export { checkBooks, type BooksFault } from './check.ts'
export type { Filled }
export type { Admission, AdmissionRequest, Ending, Granted, Settlement, Standing, WalletStanding }
export type { EventDetails, Purse, Tokens, Tried } from './types.ts'
export { walletId } from './books.ts'
export { priceOf, type ServiceTaken } from './services.ts'
export {
  serviceCallById,
  serviceCallsAfter,
  serviceHours,
  type ServiceCallRow,
  type ServiceHour,
} from './services-store.ts'
export { addBalanceIn, fillBalance } from './wallet.ts'
export { creditIn, type NoCredit } from './credit.ts'
export { usedBySubscription } from './used-store.ts'
export { grantIn } from './grant.ts'
export { carriedInto, chargedIn, endSubscription, openSubscription, type NewSubscription } from './subscription.ts'

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
  /** A call of a service beside the models begins, or is refused; ended by \`endService\`. */
  takeService(wish: ServiceWish): Promise<Outcome<ServiceTaken, Refusal>>
  endService(id: CallId, end: ServiceEnd): Promise<void>
  credit(wish: CreditWish, now: Instant): Promise<Outcome<Credited, NoCredit>>
  wallet(memberId: MemberId, now: Instant): Promise<WalletStanding>
  addBalance(gift: Gift, now: Instant): ReturnType<typeof addBalance>
  setOverflow(memberId: MemberId, wish: { readonly on: boolean; readonly cap: Micros | null }): Promise<void>
  /** Lets go of facts that the catalog no longer asks to keep; answers the partitions that were dropped. */
  forget(now: Instant): Promise<readonly string[]>
  /** Says that this node lives and settles what dead ones have left. */
  recover(): Promise<number>
  /** An embedded database has one process: whatever others have left can be settled at once. */
  claimAlone(): Promise<void>
  waiting(): number
  /** Which windows calls of this node have filled since this was last asked. */
  takeFilled(): readonly Filled[]
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

/** Pauses between attempts to write a settlement while the database is away. */
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 5_000

const DRAIN_MS_MAX = 15_000

export function makeEntitlements(given: EntitlementsDeps): Entitlements {
  const deps = { ...given, memory: new Memory() }
  const { log, metrics } = deps
  const rounds = makeRounds(deps)
  const unsettled = new Set<Promise<unknown>>()
  metrics.shown('codeplan_settlements_waiting', 'Ended calls whose settlement is not yet written', () => unsettled.size)
  const ending = makeEndingCalls()
  const filled = makeFilled()
  /** Exactly once each, durably: repeated until the database has it on disk. Answers whether this settlement counted. */
  const settleUntilWritten = async (settlement: Settlement): Promise<boolean> => {
    for (let pauseMs = RETRY_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX)) {
      try {
        const counted = await ending.until(settlement.admission.memberId, rounds.add({ kind: 'end', settlement }))
        // Also when it was written before: whoever did that may still be waiting for the disk.
        await rounds.onDisk()
        // What does not count has given its reservation back: it has filled nothing.
        if (counted === true && settlement.billable) filled.note(settlement.admission)
        return counted === true
      } catch (error) {
        if (!isDatabaseAway(error)) throw error
        log.warn({ err: error, call: settlement.admission.id }, 'a settlement waits for the database')
        await new Promise((again) => setTimeout(again, pauseMs))
      }
    }
  }
  const settle = async (settlement: Settlement): Promise<boolean> => {
    const written = settleUntilWritten(settlement)
    unsettled.add(written)
    try {
      return await written
    } catch (error) {
      log.error({ err: error, call: settlement.admission.id }, 'a settlement is faulty; its hold is left for recovery')
      return false
    } finally {
      unsettled.delete(written)
    }
  }
  /** What cannot be written is given back by recovery. */
  const endedService = async (id: CallId, end: ServiceEnd): Promise<void> => {
    const written = endService(deps, id, end)
    unsettled.add(written)
    await written
      .catch((error: unknown) => log.error({ err: error, call: id }, 'the end of a call of a service was not written'))
      .finally(() => unsettled.delete(written))
  }
  const begin = (request: AdmissionRequest) =>
    rounds.add({ kind: 'begin', request }) as Promise<Outcome<Admission, Refusal>>
  return {
    admit: async (request) => {
      try {
        const answer = await begin(request)
        // A client at its limit that goes on at once is not refused for a call of its own that is over.
        const ends = !answer.ok && answer.no.code === 'too_many_calls' ? ending.of(request.memberId) : []
        if (ends.length === 0) return answer
        await Promise.allSettled(ends)
        return await begin(request)
      } catch (error) {
        log.error({ err: error }, 'an admission could not be decided')
        return no({ code: 'unavailable', why: 'database' })
      }
    },
    settle: (settlement) => {
      const { purse, id } = settlement.admission
      if (purse.kind !== 'service') return void settle(settlement)
      const { ending, tokens, tried, admission } = settlement
      metrics.serviceCalls.inc({ service: purse.service, ending })
      void endedService(id, {
        counted: settlement.billable,
        details: { ending, model: admission.model, tokens, tried },
      })
    },
    standings: (memberId, now) => standingsOf(deps, memberId, now),
    standing: async (memberId, now) => (await standingsOf(deps, memberId, now)).find((s) => s.drawn),
    grant: (wish, now) => grant(deps, wish, now),
    credit: (wish, now) => credit(deps, wish, now),
    takeService: async (wish) => {
      try {
        return await takeService(deps, wish)
      } catch (error) {
        log.error({ err: error }, 'a call of a service could not be decided')
        return no({ code: 'unavailable', why: 'database' })
      }
    },
    endService: (id, end) => endedService(id, end),
    wallet: (memberId, now) => walletStanding(deps, memberId, now),
    addBalance: (gift, now) => addBalance(deps, gift, now),
    setOverflow: (memberId, wish) => setOverflow(deps, memberId, wish),
    forget: (now) => forgetFacts(deps, now),
    recover: async () => {
      const recovered = await recover({ ...deps, settle })
      await giveBackAbandoned(deps)
      return recovered
    },
    claimAlone: () => sayOthersGone(deps.db.queries, deps.node),
    waiting: () => unsettled.size,
    takeFilled: filled.take,
    drain: async (msMax = DRAIN_MS_MAX) => {
      await within(msMax, Promise.allSettled(unsettled))
      if (unsettled.size > 0) log.warn({ unsettled: unsettled.size }, 'ended calls are left for recovery')
    },
  }
}

/** Waits for work, but not longer than this. */
async function within(msMax: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>((late) => (timer = setTimeout(late, msMax)))])
  clearTimeout(timer)
}
