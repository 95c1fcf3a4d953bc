import {
  listPrice,
  no,
  payCall,
  RESERVED_OUTPUT_TOKENS_MAX,
  reserveCall,
  setAside,
  wallText,
  yes,
  type Instant,
  type Micros,
  type Outcome,
  type PaidCall,
} from '@codeplan/core'

import { payment } from '../ledger/index.ts'
import type { Refusal } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import { walletId, type MemberBooks } from './books.ts'
import { holdOf, type Scene } from './scene.ts'
import type { Admission, AdmissionRequest, Purse, Settlement } from './types.ts'

/** A call at an address where the balance pays. */
export function admitPaid(request: AdmissionRequest, books: MemberBooks, scene: Scene): Outcome<Admission, Refusal> {
  const purse = { kind: 'balance', reserve: reserveOf(request, scene), month: null } as const
  const reserved = reserveCall(books.wallet, purse)
  if (reserved.ok) return yes(enter(request, purse, books, scene))
  const account = accountOf(books.accounts, scene.now)
  const plan = account && scene.terms.get(account.plan_version_id)?.name
  const { operator, models } = scene.catalog
  const embeds = models.get(request.model)?.embeds ?? false
  return no({ code: 'balance_low', why: reserved.no, currency: operator.currency, plan, embeds })
}

/** A call of a plan whose window is full: its member lets the balance go on, as far as the month's cap. */
export function admitOverflow(
  request: AdmissionRequest,
  books: MemberBooks,
  scene: Scene,
  full: Extract<Refusal, { code: 'window_full' }>,
): Outcome<Admission, Refusal> {
  const { zone, currency } = scene.catalog.operator
  const month = monthOf(zone, scene.now)
  const purse = { kind: 'balance', reserve: reserveOf(request, scene), month, overflow: full.window } as const
  const reserved = reserveCall(books.wallet, purse)
  if (reserved.ok) return yes(enter(request, purse, books, scene))
  const { lengthMs, resetsAt, window } = full
  return no({ code: 'overflow_stopped', why: reserved.no, window, lengthMs, resetsAt, currency })
}

/** The list price of what is expected: the input by its bytes, and an answer of bounded length. */
function reserveOf({ model, expected }: AdmissionRequest, { catalog }: Scene): Micros {
  return listPrice(catalog.models.get(model)?.prices ?? [], {
    inputTokens: expected.inputTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: Math.min(expected.outputTokensMax, RESERVED_OUTPUT_TOKENS_MAX),
  })
}

/** Months of the cap are those of the operator's calendar. */
export const monthOf = (zone: string, at: Instant): string => wallText(zone, at).slice(0, 7)

type Balance = Extract<Purse, { kind: 'balance' }>

function enter(request: AdmissionRequest, purse: Balance, books: MemberBooks, scene: Scene): Admission {
  const { id, memberId, keyId, model, modelAsked, tool, path, stream, evidence } = request
  const admission: Admission = {
    id,
    memberId,
    keyId,
    subscriptionId: walletId(memberId),
    planVersionId: '',
    plan: '',
    purse,
    catalogVersion: scene.catalog.version,
    promptId: '',
    promptReason: 'pay_as_you_go',
    mark: evidence.mark,
    admittedAt: scene.now,
    model,
    modelAsked,
    tool,
    toolRule: request.toolRule,
    ...(request.project === '' ? {} : { project: request.project }),
    path,
    stream,
    multiplier: 1_000,
    multiplierRule: 'list price',
    cost: 0,
    starts: {},
    windows: [],
  }
  books.wallet = setAside(books.wallet, purse)
  scene.changes.wallets.set(memberId, books.wallet)
  scene.changes.holds.push(holdOf(admission, request, scene))
  return admission
}

/**
 * A call that the balance pays has ended: its list price is charged and posted, what was set aside beyond that is free
 * again. Answers what was charged and what the balance could not pay.
 */
export function settlePaid(
  settlement: Settlement,
  call: PaidCall,
  held: boolean,
  books: MemberBooks,
  { catalog, changes }: Scene,
): { readonly charged: Micros; readonly unpaid: Micros } {
  const { id, memberId } = settlement.admission
  const begun = held ? books.wallet : setAside(books.wallet, call)
  const { wallet, charged, unpaid } = payCall(begun, call, settlement.listPrice as Micros)
  books.wallet = wallet
  changes.wallets.set(memberId, wallet)
  if (charged > 0)
    changes.payments.push(payment({ id, memberId, currency: catalog.operator.currency, amount: charged }))
  return { charged, unpaid }
}
