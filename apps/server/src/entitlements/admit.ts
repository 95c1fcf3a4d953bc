import { randomBytes } from 'node:crypto'

import {
  beginCall,
  choosePrompt,
  emptyTally,
  instant,
  makeId,
  no,
  tokenReserve,
  yes,
  type Outcome,
  type PlanTerms,
  type QuotaRefusal,
} from '@codeplan/core'

import type { Catalog } from '../catalog/index.ts'
import type { Refusal } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import type { MemberBooks } from './books.ts'
import { admitOverflow, admitPaid } from './pay.ts'
import { noUse } from './prompt-use.ts'
import { holdOf, type Scene } from './scene.ts'
import type { PromptRow } from './store.ts'
import type { Admission, AdmissionRequest } from './types.ts'

/** Lets a call in, and enters it into the books, or refuses it. The address decides who pays. */
export function admit(request: AdmissionRequest, books: MemberBooks, scene: Scene): Outcome<Admission, Refusal> {
  if (request.purse === 'balance') return admitPaid(request, books, scene)
  const admitted = admitToPlan(request, books, scene)
  if (admitted.ok || admitted.no.code !== 'window_full' || !books.wallet.overflow.on) return admitted
  return admitOverflow(request, books, scene, admitted.no)
}

function admitToPlan(request: AdmissionRequest, books: MemberBooks, scene: Scene): Outcome<Admission, Refusal> {
  const { catalog, changes, now } = scene
  const account = accountOf(books.accounts, now)
  if (!account) return no({ code: 'no_plan' })
  const terms = scene.terms.get(account.plan_version_id)
  if (!terms) throw new Error(`plan version ${account.plan_version_id} is missing`)
  const toolPolicy = request.toolRule === null ? policyFor(request, catalog, terms.plan) : undefined
  if (toolPolicy === 'enforce') return no({ code: 'tool_not_supported', plan: terms.plan, tools: catalog.tools.names })
  if (!catalog.mayUse(terms, request.model)) {
    return no({ code: 'model_not_in_plan', model: request.model, plan: terms.plan, models: catalog.modelsOf(terms) })
  }

  const { key, session } = request.evidence
  const choice = choosePrompt(request.evidence, books.known(account.id, key, session), now)
  const joined = choice.joins === null ? undefined : books.prompts.get(choice.joins)
  const multiplier = catalog.multiplier(request.model, request.tool, now)
  const begun = beginCall(
    terms,
    instant(account.anchor_at),
    { account: { windows: account.windows, inFlight: account.in_flight }, tally: joined?.tally ?? emptyTally },
    { permille: multiplier.permille, reserve: reserveOf(terms, request, multiplier.permille) },
    now,
  )
  if (!begun.ok) return no(nameRefusal(begun.no, terms))
  const { cost, starts, readings } = begun.value
  const prompt: PromptRow = {
    id: joined?.id ?? makeId('prm', now, randomBytes(16)),
    subscription_id: account.id,
    key: choice.key,
    asked: choice.key !== null || (joined?.asked ?? false),
    session: joined?.session ?? session,
    tally: begun.value.tally,
    calls: (joined?.calls ?? 0) + 1,
    opened_at: joined?.opened_at ?? now,
    last_call_at: now,
    used: joined?.used ?? noUse,
  }
  const admission: Admission = {
    id: request.id,
    memberId: request.memberId,
    keyId: request.keyId,
    subscriptionId: account.id,
    planVersionId: account.plan_version_id,
    plan: terms.plan,
    purse: { kind: 'plan' },
    catalogVersion: catalog.version,
    promptId: prompt.id,
    promptReason: choice.reason,
    mark: request.evidence.mark,
    admittedAt: now,
    model: request.model,
    modelAsked: request.modelAsked,
    tool: request.tool,
    toolRule: request.toolRule,
    ...(toolPolicy === undefined ? {} : { toolPolicy }),
    ...(request.project === '' ? {} : { project: request.project }),
    ...(account.paid_until === null ? {} : { paymentOpenUntil: instant(account.ends_at) }),
    path: request.path,
    stream: request.stream,
    multiplier: multiplier.permille,
    multiplierRule: multiplier.rule,
    cost,
    starts,
    windows: readings,
  }
  const { windows, inFlight } = begun.value.account
  changes.save(books, { ...account, windows, in_flight: inFlight }, prompt)
  changes.holds.push(holdOf(admission, request, scene))
  return yes(admission)
}

/** What the plan does with a tool that no rule knows. A plan that is no longer in the catalog lets everybody in. */
function policyFor(request: AdmissionRequest, catalog: Catalog, plan: string) {
  const policy = catalog.plans.get(plan)?.tool_policy ?? 'observe'
  return policy === 'enforce' && request.sparesUnknown ? 'spared' : policy
}

function reserveOf({ meter }: PlanTerms, request: AdmissionRequest, permille: number): number {
  return meter.kind === 'token' ? tokenReserve(meter, request.model, request.expected, permille) : 0
}

function nameRefusal(refusal: QuotaRefusal, terms: PlanTerms): Refusal {
  if (refusal.code === 'too_many_calls') return refusal
  const lengthMs = terms.windows.find((w) => w.id === refusal.window)?.lengthMs ?? 0
  return { ...refusal, lengthMs }
}
