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
  type Instant,
  type KnownPrompt,
  type Outcome,
  type PlanTerms,
  type QuotaRefusal,
} from '@codeplan/core'

import type { Catalog, CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db, Queries, Refusal } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import type { EndedCalls } from './ended-calls.ts'
import { lastEnds, leave, readForAdmission, writeAdmissions } from './batch-store.ts'
import type { AccountRow, HoldRow, PromptRow } from './store.ts'
import type { Admission, AdmissionRequest } from './types.ts'

/** A hold outlives the longest call by this, so that a call that is just ending settles itself. */
const HOLD_SLACK_MS = 5 * 60_000

export interface AdmitDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly node: string
  readonly ended: EndedCalls
}

/** What a batch has read and changes as it decides: the truth for as long as its rows are locked. */
interface Books {
  readonly accounts: Map<string, AccountRow[]>
  readonly prompts: Map<string, PromptRow>
  readonly touchedAccounts: Set<AccountRow>
  readonly touchedPrompts: Set<string>
  readonly holds: HoldRow[]
}

type Answer = Outcome<Admission, Refusal>

/** Lets calls in or refuses them, in the order of their arrival, in one transaction: locked, decided, stored. */
export async function admit(deps: AdmitDeps, requests: readonly AdmissionRequest[]): Promise<readonly Answer[]> {
  const now = deps.clock.now()
  const catalog = deps.catalog.current()
  const terms = deps.catalog.knownTerms()
  const worked = await deps.db.scripts(async (script) => {
    const wanted = requests.map(({ memberId, evidence: { key, session } }) => ({ memberId, key, session }))
    const { accounts, prompts } = await readForAdmission(script, wanted, now)
    const unknown = accounts.map((row) => row.plan_version_id).filter((id) => !terms.has(id))
    if (unknown.length > 0) {
      await leave(script)
      return { unknown }
    }
    const books = openBooks(accounts, prompts)
    const answers = requests.map((request) =>
      decide(request, { books, catalog, terms, node: deps.node, ended: deps.ended, now }),
    )
    if (books.holds.length === 0) await leave(script)
    else {
      await writeAdmissions(script, {
        quotas: [...books.touchedAccounts].map(({ id, windows, in_flight }) => ({ id, windows, in_flight })),
        prompts: [...books.touchedPrompts].map((id) => books.prompts.get(id) as PromptRow),
        holds: books.holds,
      })
    }
    return { answers }
  })
  if (worked.answers) return nameExpired(deps.db.queries, requests, worked.answers)
  // A plan version that another node has just sold for the first time: learnt, then decided anew.
  await deps.catalog.planVersions(deps.db.queries, worked.unknown)
  return admit(deps, requests)
}

function openBooks(rows: readonly AccountRow[], found: readonly PromptRow[]): Books {
  const accounts = new Map<string, AccountRow[]>()
  for (const row of rows) accounts.set(row.member_id, [...(accounts.get(row.member_id) ?? []), row])
  const prompts = new Map(found.map((row) => [row.id, row]))
  return { accounts, prompts, touchedAccounts: new Set(), touchedPrompts: new Set(), holds: [] }
}

interface Scene {
  readonly books: Books
  readonly catalog: Catalog
  readonly terms: ReadonlyMap<string, PlanTerms>
  readonly node: string
  readonly ended: EndedCalls
  readonly now: Instant
}

function decide(request: AdmissionRequest, scene: Scene): Answer {
  const { books, catalog, now } = scene
  const account = accountOf(books.accounts.get(request.memberId) ?? [], now)
  if (!account) return no({ code: 'no_plan' })
  const terms = scene.terms.get(account.plan_version_id)
  if (!terms) throw new Error(`plan version ${account.plan_version_id} is missing`)
  if (!catalog.mayUse(terms, request.model)) {
    return no({ code: 'model_not_in_plan', model: request.model, plan: terms.plan, models: catalog.modelsOf(terms) })
  }

  const known = knownPrompts(books, account.id, request)
  const choice = choosePrompt(request.evidence, { byKey: known.byKey, bySession: known.bySession }, now)
  const joined = choice.joins === null ? undefined : books.prompts.get(choice.joins)
  const multiplier = catalog.multiplier(request.model, request.tool, now)
  const begun = beginCall(
    terms,
    instant(account.anchor_at),
    {
      account: { windows: account.windows, inFlight: account.in_flight },
      tally: joined?.tally ?? emptyTally,
      ended: scene.ended.of(account.id),
    },
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
    session: joined?.session ?? request.evidence.session,
    tally: begun.value.tally,
    calls: (joined?.calls ?? 0) + 1,
    opened_at: joined?.opened_at ?? now,
    last_call_at: now,
  }
  const admission: Admission = {
    id: request.id,
    memberId: request.memberId,
    keyId: request.keyId,
    subscriptionId: account.id,
    planVersionId: account.plan_version_id,
    plan: terms.plan,
    catalogVersion: catalog.version,
    promptId: prompt.id,
    promptReason: choice.reason,
    mark: request.evidence.mark,
    admittedAt: now,
    model: request.model,
    modelAsked: request.modelAsked,
    tool: request.tool,
    path: request.path,
    stream: request.stream,
    multiplier: multiplier.permille,
    multiplierRule: multiplier.rule,
    cost,
    starts,
    windows: readings,
  }
  const after = { ...account, windows: begun.value.account.windows, in_flight: begun.value.account.inFlight }
  enter(books, account, after, prompt, {
    id: request.id,
    subscription_id: account.id,
    prompt_id: prompt.id,
    node: scene.node,
    admitted_at: now,
    deadline_at: now + request.totalMsMax + HOLD_SLACK_MS,
    admission,
  })
  return yes(admission)
}

function reserveOf({ meter }: PlanTerms, request: AdmissionRequest, permille: number): number {
  return meter.kind === 'token' ? tokenReserve(meter, request.model, request.expected, permille) : 0
}

function nameRefusal(refusal: QuotaRefusal, terms: PlanTerms): Refusal {
  if (refusal.code === 'too_many_calls') return refusal
  const lengthMs = terms.windows.find((w) => w.id === refusal.window)?.lengthMs ?? 0
  return { ...refusal, lengthMs }
}

function enter(books: Books, before: AccountRow, after: AccountRow, prompt: PromptRow, hold: HoldRow): void {
  const rows = books.accounts.get(before.member_id) ?? []
  books.accounts.set(
    before.member_id,
    rows.map((row) => (row.id === after.id ? after : row)),
  )
  books.touchedAccounts.delete(before)
  books.touchedAccounts.add(after)
  books.prompts.set(prompt.id, prompt)
  books.touchedPrompts.add(prompt.id)
  books.holds.push(hold)
}

/** The last prompt of the key and the last of the session, those of this batch included. Ids sort by their making. */
function knownPrompts(
  books: Books,
  subscriptionId: string,
  { evidence }: AdmissionRequest,
): { byKey: KnownPrompt | undefined; bySession: KnownPrompt | undefined } {
  let byKey: PromptRow | undefined
  let bySession: PromptRow | undefined
  for (const row of books.prompts.values()) {
    if (row.subscription_id !== subscriptionId) continue
    if (row.key === evidence.key && (!byKey || row.id > byKey.id)) byKey = row
    if (row.session === evidence.session && (!bySession || row.id > bySession.id)) bySession = row
  }
  return { byKey: byKey && knownOf(byKey), bySession: bySession && knownOf(bySession) }
}

const knownOf = (row: PromptRow): KnownPrompt => ({
  id: row.id,
  key: row.key,
  asked: row.asked,
  lastCallAt: instant(row.last_call_at),
})

/** Only who has no running plan is asked about the past, so that everybody else does not pay for the question. */
async function nameExpired(
  on: Queries,
  requests: readonly AdmissionRequest[],
  answers: readonly Answer[],
): Promise<readonly Answer[]> {
  const without = requests.filter((_, i) => isNoPlan(answers[i])).map((r) => r.memberId)
  if (without.length === 0) return answers
  const ends = await lastEnds(on, without)
  return answers.map((answer, i) => {
    const endedAt = ends.get(requests[i]?.memberId ?? '')
    return isNoPlan(answer) && endedAt !== undefined
      ? no({ code: 'plan_expired' as const, endedAt: instant(endedAt) })
      : answer
  })
}

const isNoPlan = (answer: Answer | undefined): boolean =>
  answer !== undefined && !answer.ok && answer.no.code === 'no_plan'
