import type { CatalogRoom } from '../catalog/index.ts'
import type { Entitlements } from '../entitlements/index.ts'
import type { Identify } from '../identity/index.ts'
import type { Clock, Log, makeCallCounter, Metrics, Queries } from '../platform/index.ts'
import type { Attempt } from './attempt.ts'
import type { OwnLines } from './own-lines.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { ToolGuard } from './tool-guard.ts'
import type { UpstreamPools } from './upstream-pools.ts'
import type { Places } from './places.ts'

export interface CallDeps {
  readonly queries: Queries
  readonly catalog: CatalogRoom
  readonly identify: Identify
  readonly entitlements: Entitlements
  readonly pools: UpstreamPools
  readonly places: Places
  readonly ownLines: OwnLines
  readonly toolGuard: ToolGuard
  readonly refusals: RefusalLog
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly countCall: ReturnType<typeof makeCallCounter>
  /** Calls that are being answered: they are ticked, and stopped when the server stops. */
  readonly running: Set<RunningCall>
  readonly isDraining: () => boolean
}

export interface RunningCall {
  /** Of the clock's `passedMs`: a clock that is set ends no call. */
  readonly endsByMs: number
  attempt: Attempt | undefined
}

/** Bytes of a request or an answer that make one token, where no one has counted. */
export const BYTES_PER_TOKEN = 4
