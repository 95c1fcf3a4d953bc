import type { Contract, Instant, MemberId, Minor, OrderId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { PaymentRow } from './payments-store.ts'
import type { OrderRow } from './store.ts'

export interface SeatContractRow {
  /** The order that has begun it is its name. */
  readonly order_id: OrderId
  readonly team_id: string
  readonly member_id: MemberId
  readonly plan: string
  readonly count: number
  readonly currency: string
  readonly terms: Contract
  readonly method_id: string | null
  readonly due_at: Instant | null
  readonly ended_why: string | null
  readonly ended_at: Instant | null
}

export async function insertSeatContract(
  tx: Tx,
  row: Omit<SeatContractRow, 'ended_why' | 'ended_at'>,
  now: Instant,
): Promise<void> {
  await sql`insert into seat_contracts (order_id, team_id, member_id, plan, count, status, currency, terms, method_id,
      due_at, created_at)
    values (${row.order_id}, ${row.team_id}, ${row.member_id}, ${row.plan}, ${row.count}, ${row.terms.status},
      ${row.currency}, ${jsonb(row.terms)}::jsonb, ${row.method_id}, ${row.due_at}, ${now})`.execute(tx)
}

export async function lockSeatContract(tx: Tx, id: string): Promise<SeatContractRow | undefined> {
  const { rows } = await sql<SeatContractRow>`select * from seat_contracts where order_id = ${id} for update`.execute(
    tx,
  )
  return rows[0]
}

/** Of a team, those that run, the oldest first. */
export async function seatContractsOf(on: Queries | Tx, teamId: string): Promise<readonly SeatContractRow[]> {
  const { rows } = await sql<SeatContractRow>`select * from seat_contracts where team_id = ${teamId}
    and status <> 'ended' order by order_id`.execute(on)
  return rows
}

export async function saveSeatContract(
  tx: Tx,
  row: Pick<SeatContractRow, 'order_id' | 'member_id' | 'terms' | 'method_id' | 'due_at'>,
  ended: { readonly why: string; readonly at: Instant } | undefined = undefined,
): Promise<void> {
  await sql`update seat_contracts set member_id = ${row.member_id}, terms = ${jsonb(row.terms)}::jsonb,
    status = ${row.terms.status}, method_id = ${row.method_id}, due_at = ${row.due_at},
    ended_why = ${ended?.why ?? null}, ended_at = ${ended?.at ?? null} where order_id = ${row.order_id}`.execute(tx)
}

/** Those that the clock has to do with, the most overdue first. */
export async function dueSeatContracts(on: Queries, now: Instant, limit: number): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ order_id: OrderId }>`select order_id from seat_contracts where due_at <= ${now}
    order by due_at, order_id limit ${limit}`.execute(on)
  return rows.map((row) => row.order_id)
}

export interface SeatPeriod {
  readonly contract_id: OrderId
  readonly starts_at: Instant
  readonly ends_at: Instant
  readonly net: Minor
  readonly order_id: OrderId
}

export async function insertSeatPeriod(tx: Tx, row: SeatPeriod): Promise<void> {
  await sql`insert into seat_periods (contract_id, starts_at, ends_at, net, order_id)
    values (${row.contract_id}, ${row.starts_at}, ${row.ends_at}, ${row.net}, ${row.order_id})`.execute(tx)
}

export async function seatPeriodAt(tx: Tx, id: string, at: Instant): Promise<SeatPeriod | undefined> {
  const { rows } = await sql<SeatPeriod>`select * from seat_periods where contract_id = ${id}
    and starts_at <= ${at} and ends_at > ${at}`.execute(tx)
  return rows[0]
}

/** A period that ends early, and what of its money went back. */
export async function cutSeatPeriod(tx: Tx, period: SeatPeriod, at: Instant, taken: Minor): Promise<void> {
  await sql`update seat_periods set ends_at = greatest(${at}, starts_at + 1), net = net - ${taken}
    where contract_id = ${period.contract_id} and starts_at = ${period.starts_at}`.execute(tx)
}

/** The bill of a period that is not paid. */
export async function openSeatBill(on: Queries | Tx, id: OrderId): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`select * from orders where kind = 'seats' and state = 'open'
    and quote -> 'seats' ->> 'renews' = ${id} order by id desc limit 1`.execute(on)
  return rows[0]
}

/** What has paid for these seats and was kept, the newest first. */
export async function seatPayments(tx: Tx, id: OrderId): Promise<readonly PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`select * from payments where kept
    and order_id in (select order_id from seat_periods where contract_id = ${id}) order by id desc for update`.execute(
    tx,
  )
  return rows
}
