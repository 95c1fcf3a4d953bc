import { randomInt } from 'node:crypto'

import { HOUR_MS, type Instant } from '@codeplan/core'

import { lookupOf, type MemberBooks } from './books.ts'
import { memberOf, type Item } from './types.ts'

/** A node serves this many members at a time from memory; the longest unused is forgotten first. */
const MEMBERS_MAX = 10_000
/** Of one member: an agent loop has one prompt, a busy morning dozens. */
const PROMPTS_MAX = 64
const LOOKUPS_MAX = 256
/** Who was found changed by another node is read under a lock for so long: his calls are spread over the nodes. */
const DISTRUST_MS = HOUR_MS
/** A version says in its upper part which node has written it. */
const WRITERS = 2 ** 24
const VERSIONS_OF_WRITER = 2 ** 24

/**
 * The books that this node has written last, as it left them. They are a guess: a round that was decided on them is written
 * only if the rows still have the version that is remembered. So calls that go on with a prompt cost one round trip
 * instead of two, and members whose calls come to several nodes are not remembered at all.
 */
export class Memory {
  private readonly writer = randomInt(WRITERS)
  private readonly books = new Map<string, MemberBooks>()
  /** Members of a round whose rows had moved: whose they were, and by whom, shows at the next reading. */
  private readonly suspects = new Set<string>()
  private readonly distrusted = new Map<string, Instant>()

  /** A member's books, if they hold all that is needed for this call. */
  recall(item: Item): MemberBooks | undefined {
    const books = this.books.get(memberOf(item))
    if (!books || isPaid(item)) return undefined
    if (item.kind === 'begin') {
      const { key, session } = item.request.evidence
      return books.lookups.has(lookupOf(key, session)) ? books : undefined
    }
    const { subscriptionId, promptId } = item.settlement.admission
    return books.account(subscriptionId) && books.prompts.has(promptId) ? books : undefined
  }

  /** For rows that are written now. Random, so that it does not come again after a crash has taken writes back. */
  newVersion(): number {
    return this.writer * VERSIONS_OF_WRITER + randomInt(VERSIONS_OF_WRITER)
  }

  keep(memberId: string, books: MemberBooks, now: Instant): void {
    this.books.delete(memberId)
    if (!this.isTrusted(memberId, books, now)) return
    if (books.accounts.length === 0 || books.prompts.size > PROMPTS_MAX || books.lookups.size > LOOKUPS_MAX) return
    put(this.books, memberId, books)
  }

  /** A round was decided on these books and they, or others in it, were not what is on record. */
  suspect(memberIds: Iterable<string>): void {
    for (const memberId of memberIds) {
      this.books.delete(memberId)
      this.suspects.add(memberId)
    }
  }

  forget(memberIds: Iterable<string>): void {
    for (const memberId of memberIds) this.books.delete(memberId)
  }

  private isTrusted(memberId: string, read: MemberBooks, now: Instant): boolean {
    const suspect = this.suspects.delete(memberId)
    if (suspect && !read.accounts.every((row) => this.isOwn(row.version))) put(this.distrusted, memberId, now)
    const since = this.distrusted.get(memberId)
    if (since === undefined || now - since < DISTRUST_MS) return since === undefined
    return this.distrusted.delete(memberId)
  }

  private isOwn(version: number): boolean {
    return Math.floor(version / VERSIONS_OF_WRITER) === this.writer
  }
}

const isPaid = (item: Item): boolean =>
  item.kind === 'begin' ? item.request.purse === 'balance' : item.settlement.admission.purse.kind === 'balance'

/** The longest unused is let go of. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MEMBERS_MAX) map.delete(map.keys().next().value as string)
}
