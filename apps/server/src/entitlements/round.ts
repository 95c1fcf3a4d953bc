import { instant, no, type Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { isDatabaseAway, type Clock, type Db, type Refusal, type Script } from '../platform/index.ts'
import { admit } from './admit.ts'
import {
  eventsThere,
  lastEnds,
  leave,
  lockAndRead,
  writeAndCommit,
  writeRemembered,
  type Reads,
  type Wanted,
  type Writes,
} from './batch-store.ts'
import { Changes, lookupOf, MemberBooks } from './books.ts'
import { hoursOf } from './hours.ts'
import type { Memory } from './memory.ts'
import type { Scene } from './scene.ts'
import { settle } from './settle.ts'
import { walletOf, type EventRow } from './store.ts'
import { memberOf, type Admission, type Item, type Settlement } from './types.ts'

export interface RoundDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly node: string
  readonly memory: Memory
}

/** For a call that begins: let in or not. For one that ends: whether this settlement was the one that counted. */
export type Result = Outcome<Admission, Refusal> | boolean

/**
 * One round under the locks of its subscriptions' rows: read, decided, written, in two round trips. Calls that end come
 * first, since they make room. The lock orders all settlements of a call, so looking for its event and writing it cannot
 * be divided by another settlement of the same call.
 */
export async function lockedRound(deps: RoundDeps, items: readonly Item[]): Promise<readonly Result[]> {
  const now = deps.clock.now()
  const ends = items.flatMap((item) => (item.kind === 'end' ? [item.settlement] : []))
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    ends.flatMap(({ admission }) => (admission.purse.kind === 'plan' ? [admission.planVersionId] : [])),
  )
  const members = new Set(items.map(memberOf))
  // What others of this node decide meanwhile would be decided on rows that this round is about to change.
  deps.memory.forget(members)
  const worked = await deps.db.scripts(async (script) => {
    const wanted = wantedOf(items, members)
    const reads = await lockAndRead(script, wanted, now)
    const unknown = reads.accounts.map((row) => row.plan_version_id).filter((id) => !terms.has(id))
    if (unknown.length > 0) {
      await leave(script)
      return { unknown }
    }
    const books = openBooks(reads, wanted, members)
    const done = await endedBefore(script, ends, reads)
    const scene = { catalog: deps.catalog.current(), terms, node: deps.node, now, changes: new Changes() }
    const results = decide(items, books, { ...reads, done }, scene)
    if (scene.changes.nothing) await leave(script)
    else {
      const writes = writesOf(scene.changes, reads.held, deps.memory.newVersion())
      await writeAndCommit(script, writes, now)
      confirm(scene.changes, books, writes.version)
    }
    for (const [memberId, own] of books) deps.memory.keep(memberId, own, now)
    return { results }
  })
  if (worked.results) return nameExpired(deps, items, worked.results)
  // A plan version that another node has just sold for the first time: learnt, then decided anew.
  await deps.catalog.planVersions(deps.db.queries, worked.unknown)
  return lockedRound(deps, items)
}

/**
 * The same for what is remembered, in one round trip. `forgotten`: it is not remembered any more. `unproven`: it must be
 * decided again under locks, because the rows are no longer what is remembered, or because the answer is a no: only a write
 * proves that the memory was right.
 */
export async function rememberedRound(
  { db, clock, catalog, node, memory }: RoundDeps,
  items: readonly Item[],
): Promise<readonly (Result | 'forgotten' | 'unproven')[]> {
  const books = new Map<string, MemberBooks>()
  const known = items.filter((item) => {
    const own = memory.recall(item)
    if (own) books.set(memberOf(item), own)
    return own !== undefined
  })
  const now = clock.now()
  const scene = { catalog: catalog.current(), terms: catalog.knownTerms(), node, now, changes: new Changes() }
  try {
    const results = decide(known, books, { held: 'all', done: new Set() }, scene)
    if (!scene.changes.nothing) {
      const writes = writesOf(scene.changes, 'all', memory.newVersion())
      await db.scripts((script) => writeRemembered(script, writes))
      confirm(scene.changes, books, writes.version)
    }
    for (const [memberId, own] of books) memory.keep(memberId, own, now)
    const answers = new Map(known.map((item, i) => [item, results[i] as Result]))
    return items.map((item) => (answers.has(item) ? provenOr(answers.get(item) as Result) : 'forgotten'))
  } catch (error) {
    memory.suspect(books.keys())
    // Also a faulty settlement: under locks it is told from the others.
    if (isDatabaseAway(error)) throw error
    return items.map(() => 'unproven')
  }
}

const provenOr = (result: Result): Result | 'unproven' =>
  typeof result === 'object' && !result.ok ? 'unproven' : result

function wantedOf(items: readonly Item[], members: ReadonlySet<string>): Wanted {
  const lookups = new Map<string, Wanted['lookups'][number]>()
  const subscriptions = new Set<string>()
  const prompts = new Set<string>()
  const calls: string[] = []
  for (const item of items) {
    if (item.kind === 'begin') {
      const { memberId, evidence } = item.request
      const { key, session } = evidence
      lookups.set(`${memberId} ${lookupOf(key, session)}`, { memberId, key, session })
    } else {
      const { admission } = item.settlement
      subscriptions.add(admission.subscriptionId)
      prompts.add(admission.promptId)
      calls.push(admission.id)
    }
  }
  return {
    members: [...members],
    subscriptions: [...subscriptions],
    lookups: [...lookups.values()],
    prompts: [...prompts],
    calls,
  }
}

function openBooks(reads: Reads, wanted: Wanted, members: ReadonlySet<string>): ReadonlyMap<string, MemberBooks> {
  const books = new Map([...members].map((id) => [id, new MemberBooks()]))
  const owners = new Map<string, MemberBooks>()
  for (const row of reads.accounts) {
    const own = books.get(row.member_id)
    own?.setAccount(row)
    if (own) owners.set(row.id, own)
  }
  for (const row of reads.wallets) {
    const own = books.get(row.member_id)
    if (own) own.wallet = walletOf(row)
  }
  for (const row of reads.prompts) owners.get(row.subscription_id)?.prompts.set(row.id, row)
  for (const { memberId, key, session } of wanted.lookups) books.get(memberId)?.lookups.add(lookupOf(key, session))
  return books
}

async function endedBefore(script: Script, ends: readonly Settlement[], { held }: Reads): Promise<ReadonlySet<string>> {
  const unheld = ends.filter(({ admission }) => !held.has(admission.id)).map(({ admission }) => admission)
  return unheld.length > 0 ? eventsThere(script, unheld) : new Set()
}

/** Which calls' beginnings are on record. `all` is a guess that the writing proves. */
type Held = ReadonlySet<string> | 'all'

const isHeld = (held: Held, id: string): boolean => held === 'all' || held.has(id)

function decide(
  items: readonly Item[],
  books: ReadonlyMap<string, MemberBooks>,
  calls: { readonly held: Held; readonly done: ReadonlySet<string> },
  scene: Scene,
): readonly Result[] {
  const results: Result[] = []
  const seen = new Set(calls.done)
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'end') continue
    const { id } = item.settlement.admission
    results[i] = !seen.has(id)
    if (seen.has(id)) continue
    seen.add(id)
    settle(item.settlement, isHeld(calls.held, id), books.get(memberOf(item)) as MemberBooks, scene)
  }
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'begin') continue
    results[i] = admit(item.request, books.get(memberOf(item)) as MemberBooks, scene)
  }
  return results
}

function writesOf(changes: Changes, held: Held, version: number): Writes {
  const isThere = (event: EventRow): boolean => isHeld(held, event.id)
  const events = changes.ended.map(({ event }) => event)
  return {
    accounts: [...changes.accounts.values()],
    version,
    prompts: [...changes.prompts.values()],
    holds: changes.holds,
    events: events.map((event) => (isThere(event) ? withoutAdmission(event) : event)),
    hours: hoursOf(changes.ended),
    held: events.filter(isThere).map(({ id }) => id),
    wallets: changes.wallets,
    payments: changes.payments,
  }
}

function withoutAdmission(event: EventRow): Writes['events'][number] {
  const { admission: _, ...details } = event.details
  return { ...event, details }
}

/** It is written: from now on the rows have this version. */
function confirm(changes: Changes, books: ReadonlyMap<string, MemberBooks>, version: number): void {
  for (const row of changes.accounts.values()) books.get(row.member_id)?.setAccount({ ...row, version })
}

/** Only who has no running plan is asked about the past, so that everybody else does not pay for the question. */
async function nameExpired(
  { db }: RoundDeps,
  items: readonly Item[],
  results: readonly Result[],
): Promise<readonly Result[]> {
  const without = items.filter((_, i) => isNoPlan(results[i])).map(memberOf)
  if (without.length === 0) return results
  const ends = await lastEnds(db.queries, without)
  return results.map((result, i) => {
    const endedAt = ends.get(memberOf(items[i] as Item))
    return isNoPlan(result) && endedAt !== undefined
      ? no({ code: 'plan_expired' as const, endedAt: instant(endedAt) })
      : result
  })
}

const isNoPlan = (result: Result | undefined): boolean =>
  typeof result === 'object' && !result.ok && result.no.code === 'no_plan'
