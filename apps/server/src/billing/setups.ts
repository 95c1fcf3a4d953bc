import { randomBytes } from 'node:crypto'

import {
  HOUR_MS,
  instant,
  makeId,
  MINUTE_MS,
  MONTHS,
  no,
  plusMs,
  renewalOf,
  yes,
  type Instant,
  type MemberId,
  type Outcome,
} from '@codeplan/core'

import type { Queries, Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { inTx } from './pay.ts'
import type { Debits, PaymentProvider, SetupNews } from './providers/port.ts'
import { CHECK_AFTER_MS, laterBy } from './rules.ts'
import { setupNews } from './setup-news.ts'
import { checkSetupAt, insertSetup, openSetup, setupById, setupsToCheck, type SetupRow } from './setups-store.ts'
import { runningContract } from './store.ts'

/** How long the page of a provider is open, and how much of it must be left for one that is handed out again. */
const PAGE_MS = HOUR_MS
const LEFT_MS_MIN = 10 * MINUTE_MS
const BATCH = 100

export type NoSetup =
  | { readonly code: 'cannot_bind'; readonly providers: readonly string[] }
  | { readonly code: 'provider_away' }
  | { readonly code: 'no_such_setup' }

export interface SetupWish {
  readonly memberId: MemberId
  readonly provider: string
  readonly returnPath: string
  readonly language: 'zh' | 'en'
}

/** Providers at which this member can bind a method without paying. */
export async function bindableAt(deps: BillingDeps, on: Queries | Tx, memberId: MemberId): Promise<readonly string[]> {
  const all = [...deps.providers().values()].filter(({ setups }) => setups)
  const hasDebits = all.some(({ setups }) => setups?.needsDebits) && (await debitsToCome(deps, on, memberId))
  return all.filter(({ setups }) => !setups?.needsDebits || hasDebits).map(({ id }) => id)
}

/** The renewals of the plan that runs: what a limited permission is asked for. */
async function debitsToCome(deps: BillingDeps, on: Queries | Tx, memberId: MemberId): Promise<Debits | undefined> {
  const contract = await runningContract(on, memberId)
  if (!contract?.terms.renews) return undefined
  const { cycle, price, period } = renewalOf(deps.catalog.current().operator.zone, contract.terms)
  return { amountMax: price, months: MONTHS[cycle], firstAt: period.startsAt }
}

/** Sends a member to a provider's page on which a method is bound and nothing is paid. A double click is one setup. */
export async function beginSetup(
  deps: BillingDeps,
  wish: SetupWish,
  now: Instant,
): Promise<Outcome<SetupRow, NoSetup>> {
  const { memberId } = wish
  const provider = deps.providers().get(wish.provider)
  const row = await deps.db.tx(async (tx) => {
    const providers = await bindableAt(deps, tx, memberId)
    if (!provider?.setups || !providers.includes(provider.id)) return no({ code: 'cannot_bind', providers } as const)
    const until = plusMs(now, LEFT_MS_MIN)
    const open = await openSetup(tx, { memberId, provider: provider.id, until })
    if (open) return yes(open)
    const id = makeId('set', now, randomBytes(16))
    const debits = provider.setups.needsDebits ? await debitsToCome(deps, tx, memberId) : undefined
    await insertSetup(tx, {
      id,
      member_id: memberId,
      provider: provider.id,
      amount_max: debits?.amountMax ?? null,
      created_at: now,
      expires_at: plusMs(now, PAGE_MS),
      check_at: plusMs(now, CHECK_AFTER_MS),
    })
    return yes((await setupById(tx, id)) as SetupRow)
  })
  if (!row.ok || !provider || row.value.provider_ref !== null) return row
  if (!(await askForPage(deps, provider, row.value, wish))) return no({ code: 'provider_away' })
  return yes((await setupById(deps.db.queries, row.value.id)) as SetupRow)
}

/** False when it cannot be reached: whoever asks again asks with the same id. */
async function askForPage(
  deps: BillingDeps,
  provider: PaymentProvider,
  row: SetupRow,
  { returnPath, language }: SetupWish,
): Promise<boolean> {
  const { operator } = deps.catalog.current()
  const known = await debitsToCome(deps, deps.db.queries, row.member_id)
  // What was written down is what is asked for.
  const debits = known && row.amount_max !== null ? { ...known, amountMax: row.amount_max } : undefined
  // Whoever comes back is shown what has become of it.
  const returnUrl = new URL(`${deps.publicUrl()}${returnPath}`)
  returnUrl.searchParams.set('setup', row.id)
  try {
    const asked = await provider.setups?.begin({
      setupId: row.id,
      debits,
      currency: operator.currency,
      title: operator.name,
      returnUrl: returnUrl.href,
      notifyUrl: `${deps.publicUrl()}/api/webhooks/${provider.id}`,
      language,
      expiresAt: row.expires_at,
      createdAt: row.created_at,
    })
    if (!asked) return false
    const now = deps.clock.now()
    const news = { ...asked, kind: 'setup', setupId: row.id } as const
    await inTx(deps, (tx) => setupNews(deps, tx, provider.id, news, now))
    return true
  } catch (error) {
    deps.log.warn({ err: error, setup: row.id, provider: provider.id }, 'a payment provider did not answer')
    return false
  }
}

export async function setupOf(
  deps: Pick<BillingDeps, 'db'>,
  memberId: MemberId,
  id: string,
): Promise<Outcome<SetupRow, NoSetup>> {
  const row = await setupById(deps.db.queries, id)
  return row?.member_id === memberId ? yes(row) : no({ code: 'no_such_setup' })
}

/** Asks providers about setups that nobody has told us of (F60). */
export async function checkSetups(deps: BillingDeps, now: Instant): Promise<number> {
  const due = await setupsToCheck(deps.db.queries, now, BATCH)
  for (const row of due) await checkSetup(deps, row, now)
  return due.length
}

async function checkSetup(deps: BillingDeps, row: SetupRow, now: Instant): Promise<void> {
  await checkSetupAt(deps.db.queries, row.id, plusMs(now, laterBy(row, now)))
  const provider = deps.providers().get(row.provider)
  let news: SetupNews | undefined
  try {
    news = await provider?.setups?.query({ setupId: row.id, ref: row.provider_ref })
  } catch (error) {
    deps.log.warn({ err: error, setup: row.id }, 'a setup could not be asked about; it is asked again')
    return
  }
  // One that comes after this is bound still: it is only not waited for any more.
  const isLeft = now >= instant(row.expires_at) && (!news || news.state === 'action_required')
  const left = { kind: 'setup', setupId: row.id, state: 'failed', ref: null, failure: 'expired' } as const
  const said = isLeft ? left : news
  if (said) await inTx(deps, (tx) => setupNews(deps, tx, row.provider, said, now))
}
