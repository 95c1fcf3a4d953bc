/** What teams have agreed to pay for their seats. */
export const seatContracts: readonly string[] = [
  // `terms` is core's Contract; its price is that of all seats. Named by the order that began it.
  `create table seat_contracts (
    order_id text primary key references orders,
    team_id text not null,
    -- The administrator whose method pays, and whose orders and invoices it makes.
    member_id text not null references members,
    plan text not null,
    count int8 not null check (count > 0),
    status text not null check (status in ('active', 'past_due', 'ended')),
    currency text not null,
    terms jsonb not null,
    method_id text references payment_methods,
    -- When the clock has to do with it next.
    due_at int8,
    ended_at int8,
    ended_why text,
    created_at int8 not null
  )`,
  `create index seat_contracts_by_team on seat_contracts (team_id)`,
  `create index seat_contracts_by_method on seat_contracts (method_id) where method_id is not null`,
  `create index seat_contracts_due on seat_contracts (due_at) where due_at is not null`,
  `create index team_seats_by_source on team_seats (source)`,

  // What was paid for which time, of all its seats.
  `create table seat_periods (
    contract_id text not null references seat_contracts,
    starts_at int8 not null,
    ends_at int8 not null check (ends_at > starts_at),
    net int8 not null check (net >= 0),
    order_id text not null references orders,
    primary key (contract_id, starts_at)
  )`,
]
