import type {
  WindowReading,
  CallEvidence,
  CallId,
  Instant,
  KeyId,
  MemberId,
  Micros,
  PromptReason,
  ServiceStanding,
  WindowStarts,
} from '@codeplan/core'

import type { ServiceId } from '../catalog/index.ts'

/** A call that asks to begin. Model and tool are as the catalog knows them. */
export interface AdmissionRequest {
  readonly id: CallId
  readonly memberId: MemberId
  readonly keyId: KeyId
  readonly model: string
  readonly modelAsked: string
  readonly tool: string
  /** The rule that recognised the tool; null: none did. */
  readonly toolRule: string | null
  /** What the caller says that the call is for; empty: nothing. */
  readonly project: string
  /** The rules are under suspicion: an unknown tool is let in, whatever the plan says. */
  readonly sparesUnknown: boolean
  readonly evidence: CallEvidence
  readonly path: string
  /** Who pays at this address. A plan goes over to the balance only where its member has switched that on. */
  readonly purse: 'plan' | 'balance'
  readonly stream: boolean
  /** What a meter of tokens sets aside: input by bytes, and the longest answer that was asked for. */
  readonly expected: { readonly inputTokens: number; readonly outputTokensMax: number }
  /** No call lasts longer; its hold is settled by recovery after that. */
  readonly totalMsMax: number
}

/** What pays for a call. `overflow`: a plan's window was full, and its member lets the balance go on. */
export type Purse =
  | { readonly kind: 'plan' }
  | { readonly kind: 'balance'; readonly reserve: Micros; readonly month: string | null; readonly overflow?: string }
  /** A call of a service beside the models, which has books of its own (`services.ts`): nothing of it stands in a round. */
  | { readonly kind: 'service'; readonly service: ServiceId; readonly left: ServiceStanding }

/** What was decided when the call was let in: frozen, stored with the hold, shown on the receipt. */
export interface Admission {
  readonly id: CallId
  readonly memberId: MemberId
  readonly keyId: KeyId
  readonly subscriptionId: string
  readonly planVersionId: string
  readonly plan: string
  readonly purse: Purse
  readonly catalogVersion: number
  readonly promptId: string
  readonly promptReason: PromptReason | 'pay_as_you_go' | 'service'
  readonly mark: string
  readonly admittedAt: Instant
  readonly model: string
  readonly modelAsked: string
  readonly tool: string
  readonly toolRule: string | null
  /** Of an unknown tool: by which policy it was let in. */
  readonly toolPolicy?: 'observe' | 'lower_priority' | 'spared'
  /** What the caller says that the call is for. */
  readonly project?: string
  readonly path: string
  readonly stream: boolean
  readonly multiplier: number
  readonly multiplierRule: string
  /** Micro-prompts that the call added to its prompt when it began. */
  readonly cost: number
  readonly starts: WindowStarts
  readonly windows: readonly WindowReading[]
  /** The payment of the plan is open: it is served until then. */
  readonly paymentOpenUntil?: Instant
}

/** How a call ended. One rule each, written in docs/metering.md. */
export type Ending =
  | 'completed'
  | 'client_left'
  | 'client_left_early'
  | 'no_capacity'
  | 'upstream_failed'
  | 'upstream_refused'
  | 'upstream_cut'
  | 'out_of_time'
  | 'server_stopped'
  | 'recovered'

export interface Tokens {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
}

export interface Settlement {
  readonly admission: Admission
  readonly ending: Ending
  readonly billable: boolean
  readonly tokens: Tokens
  readonly tokensFrom: 'upstream' | 'estimate' | 'none'
  readonly listPrice: number
  /** Milliseconds from admission; no first byte when no answer began. */
  readonly timing: { readonly firstByteMs: number | undefined; readonly totalMs: number }
  /** Which upstreams were tried, and how each try ended. */
  readonly tried: readonly Tried[]
}

export interface Tried {
  readonly upstream: string
  readonly model: string
  readonly end: string
  readonly status?: number
  readonly why?: string
}

/** What an event tells beside its columns: the admission as it was decided, and how the call went. */
export interface EventDetails {
  readonly admission: Admission
  readonly tokensFrom: Settlement['tokensFrom']
  readonly firstByteMs: number | null
  readonly totalMs: number
  readonly tried: readonly Tried[]
  /** Micro-credits above the ceiling of one call, not charged. */
  readonly heldBack?: number
  /** Of a call that the balance pays: micros that it could not pay any more. */
  readonly unpaid?: number
}

/** What a round works off: calls that begin and calls that end. */
export type Item =
  | { readonly kind: 'begin'; readonly request: AdmissionRequest }
  | { readonly kind: 'end'; readonly settlement: Settlement }

export const memberOf = (item: Item): string =>
  item.kind === 'begin' ? item.request.memberId : item.settlement.admission.memberId
