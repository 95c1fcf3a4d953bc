/** Calls of the services beside the models: vision, web search, web reader. */
export const services: readonly string[] = [
  // One row a member: whoever lets a call in locks it, so that allowance, rate and calls under way are decided in turn.
  `create table service_lines (
    member_id text primary key references members,
    minute_at int8 not null default 0,
    minute_calls int not null default 0
  )`,

  // How much of a plan's allowance is taken in the period that began then. \`carried\`: taken before the plan was changed.
  `create table service_quotas (
    subscription_id text not null references subscriptions,
    service text not null,
    starts_at int8 not null,
    used int not null check (used >= 0),
    carried int not null default 0,
    primary key (subscription_id, service)
  )`,

  // Facts: one per call that was let in. Without \`ended_at\` it runs. What did not count was given back.
  `create table service_calls (
    id text primary key,
    member_id text not null references members,
    key_id text not null,
    service text not null,
    path text not null,
    node text not null,
    -- Null: the balance paid.
    subscription_id text references subscriptions,
    plan text,
    period_at int8,
    price int8 not null,
    currency text not null,
    taken_at int8 not null,
    deadline_at int8 not null,
    ended_at int8,
    counted boolean,
    details jsonb not null default '{}'
  )`,
  `create index service_calls_by_member on service_calls (member_id, taken_at, id)`,
  `create index service_calls_by_period on service_calls (subscription_id, service, period_at)`,
  `create index service_calls_running on service_calls (member_id) where ended_at is null`,
]
