import { emptyTally, emptyWallet, instant, type KnownPrompt, type MemberId, type Wallet } from '@codeplan/core'

import type { Posting } from '../ledger/index.ts'

import { noUse } from './prompt-use.ts'
import type { AccountRow, EventRow, HoldRow, PromptRow } from './store.ts'
import type { Settlement } from './types.ts'

/** What is on record of a member, as far as his calls need it. A round reads it, or remembers it, and changes it. */
export class MemberBooks {
  /** Running subscriptions, and those that an ending call belongs to. */
  accounts: readonly AccountRow[] = []
  readonly prompts = new Map<string, PromptRow>()
  /** What has been looked for among the prompts, so that it is known what is not there. */
  readonly lookups = new Set<string>()
  /** Read under locks only: what it pays for is never decided from memory. */
  wallet: Wallet = emptyWallet

  account(id: string): AccountRow | undefined {
    return this.accounts.find((row) => row.id === id)
  }

  setAccount(row: AccountRow): void {
    this.accounts = this.accounts.some(({ id }) => id === row.id)
      ? this.accounts.map((old) => (old.id === row.id ? row : old))
      : [...this.accounts, row]
  }

  /** The last prompt of the key and the last of the session. Ids sort by their making. */
  known(subscriptionId: string, key: string, session: string): { byKey?: KnownPrompt; bySession?: KnownPrompt } {
    let byKey: PromptRow | undefined
    let bySession: PromptRow | undefined
    for (const row of this.prompts.values()) {
      if (row.subscription_id !== subscriptionId) continue
      if (row.key === key && (!byKey || row.id > byKey.id)) byKey = row
      if (row.session === session && (!bySession || row.id > bySession.id)) bySession = row
    }
    return { ...(byKey ? { byKey: knownOf(byKey) } : {}), ...(bySession ? { bySession: knownOf(bySession) } : {}) }
  }
}

export const lookupOf = (key: string, session: string): string => `${key} ${session}`

const knownOf = (row: PromptRow): KnownPrompt => ({
  id: row.id,
  key: row.key,
  asked: row.asked,
  lastCallAt: instant(row.last_call_at),
})

/** What a round has decided and will write. */
export class Changes {
  readonly accounts = new Map<string, AccountRow>()
  readonly prompts = new Map<string, PromptRow>()
  readonly holds: HoldRow[] = []
  readonly wallets = new Map<MemberId, Wallet>()
  readonly payments: Posting[] = []
  readonly ended: { readonly event: EventRow; readonly settlement: Settlement }[] = []

  get nothing(): boolean {
    return this.holds.length === 0 && this.ended.length === 0
  }

  save(books: MemberBooks, account: AccountRow, prompt: PromptRow): void {
    books.setAccount(account)
    books.prompts.set(prompt.id, prompt)
    this.accounts.set(account.id, account)
    this.prompts.set(prompt.id, prompt)
  }
}

/** Under this name the calls stand that a member's balance pays, as those of a plan under its subscription's. */
export const walletId = (memberId: MemberId): string => memberId.replace(/^mem_/, 'wal_')

/** The prompt of a call whose record a crash of the database has lost. */
export function lostPrompt({ admission }: Settlement): PromptRow {
  return {
    id: admission.promptId,
    subscription_id: admission.subscriptionId,
    key: null,
    asked: false,
    session: '',
    tally: emptyTally,
    calls: 0,
    opened_at: admission.admittedAt,
    last_call_at: admission.admittedAt,
    used: noUse,
  }
}
