/**
 * Instants are int8 milliseconds since 1970 (UTC): the same value in TypeScript, in both engines and in an export.
 * Amounts of quota are micro-prompts; amounts of money are micros of the currency's minor unit.
 */
export const foundation: readonly string[] = [
  `create table settings (name text primary key, value text not null)`,

  `create table members (
    id text primary key,
    email text not null unique check (email = lower(email)),
    name text not null default '',
    created_at int8 not null,
    suspended_at int8
  )`,

  `create table keys (
    id text primary key,
    member_id text not null references members,
    name text not null,
    -- The 32 hex characters before the dot: shown in lists, named in the claims of a JWT. Not secret by itself.
    handle text not null unique,
    -- SHA-256 of the whole key: what a request is looked up by.
    hash bytea not null unique,
    -- The part after the dot, sealed with the operator key: a JWT's signature cannot be checked against a hash.
    sealed_secret text not null,
    created_at int8 not null,
    last_used_at int8,
    revoked_at int8
  )`,
  `create index keys_by_member on keys (member_id)`,

  `create table catalog_versions (
    id int8 generated always as identity primary key,
    fingerprint text not null,
    source text not null,
    applied_at int8 not null,
    applied_by text not null
  )`,

  // Immutable: a price or window that changes makes the next version, and subscriptions keep the one they bought.
  `create table plan_versions (
    id text primary key,
    plan text not null,
    version int not null,
    fingerprint text not null,
    terms jsonb not null,
    created_at int8 not null,
    unique (plan, version)
  )`,

  `create table subscriptions (
    id text primary key,
    member_id text not null references members,
    plan_version_id text not null references plan_versions,
    rank int not null,
    source text not null,
    anchor_at int8 not null,
    starts_at int8 not null,
    ends_at int8 not null check (ends_at > starts_at),
    created_at int8 not null
  )`,
  `create index subscriptions_by_member on subscriptions (member_id, ends_at)`,

  // The hot row: one per subscription, locked by whoever admits or settles. Narrow fill keeps its updates in place.
  `create table quotas (
    subscription_id text primary key references subscriptions,
    windows jsonb not null default '{}',
    in_flight int not null default 0 check (in_flight >= 0)
  ) with (fillfactor = 50)`,

  // Ids begin with the time, so the last prompt of a key or session is the one with the greatest id, and the indexes
  // hold nothing that a later call changes.
  `create table prompts (
    id text primary key,
    subscription_id text not null references subscriptions,
    key text,
    asked boolean not null,
    session text not null,
    tally jsonb not null,
    calls int not null,
    opened_at int8 not null,
    last_call_at int8 not null
  ) with (fillfactor = 70)`,
  `create index prompts_by_key on prompts (subscription_id, key, id desc) where key is not null`,
  `create index prompts_by_session on prompts (subscription_id, session, id desc)`,

  // A call that runs. Written before the upstream is asked, deleted by the settlement that writes its event.
  `create table holds (
    id text primary key,
    subscription_id text not null,
    prompt_id text not null,
    node text not null,
    admitted_at int8 not null,
    deadline_at int8 not null,
    admission jsonb not null
  )`,
  `create index holds_by_node on holds (node, deadline_at)`,
  `create index holds_by_subscription on holds (subscription_id)`,

  // Facts, append-only: one per admitted call. `charges` says what was put into which window.
  `create table meter_events (
    id text not null,
    admitted_at int8 not null,
    settled_at int8 not null,
    member_id text not null,
    subscription_id text not null,
    key_id text not null,
    prompt_id text not null,
    ending text not null,
    billable boolean not null,
    model text not null,
    multiplier int not null,
    charge int8 not null,
    charges jsonb not null,
    input_tokens int8 not null,
    cache_read_tokens int8 not null,
    cache_write_5m_tokens int8 not null,
    cache_write_1h_tokens int8 not null,
    output_tokens int8 not null,
    reasoning_tokens int8 not null,
    list_price int8 not null,
    details jsonb not null,
    primary key (admitted_at, id)
  ) partition by range (admitted_at)`,
  `create index meter_events_by_subscription on meter_events (subscription_id, admitted_at)`,
  `create index meter_events_by_id on meter_events (id)`,
  `create index meter_events_by_prompt on meter_events (prompt_id)`,

  // The same facts by hour (UTC), written in the transaction that writes the facts: usage of a month is a few hundred
  // rows. `failed` counts calls that failed for reasons that are not the caller's.
  `create table usage_hours (
    subscription_id text not null,
    hour_at int8 not null,
    model text not null,
    tool text not null,
    key_id text not null,
    calls int8 not null,
    failed int8 not null,
    charge int8 not null,
    input_tokens int8 not null,
    cache_read_tokens int8 not null,
    cache_write_tokens int8 not null,
    output_tokens int8 not null,
    list_price int8 not null,
    answered int8 not null,
    first_byte_ms int8 not null,
    output_ms int8 not null,
    primary key (subscription_id, hour_at, model, tool, key_id)
  )`,
  `create index usage_hours_by_hour on usage_hours (hour_at)`,

  // What an operator gave on top of a window, by whom and why (F40).
  `create table quota_credits (
    id text primary key,
    subscription_id text not null references subscriptions,
    window_id text not null,
    window_starts_at int8 not null,
    micro int8 not null,
    reason text not null,
    given_by text not null,
    given_at int8 not null
  )`,

  // Answers kept for callers who name their request by an Idempotency-Key (F09).
  `create table kept_answers (
    member_id text not null,
    key text not null,
    fingerprint text not null,
    call_id text not null,
    created_at int8 not null,
    -- Null while the call runs.
    finished_at int8,
    status int,
    headers jsonb,
    body bytea,
    primary key (member_id, key)
  )`,
  `create index kept_answers_by_age on kept_answers (created_at)`,

  // A node that is alive says so; the holds of one that has fallen silent are settled by the others.
  `create table nodes (
    id text primary key,
    started_at int8 not null,
    seen_at int8 not null
  )`,

  `create table ledger_postings (
    id text primary key,
    -- Repeating what was asked with the same key changes nothing.
    idempotency_key text not null unique,
    kind text not null,
    note text not null,
    posted_at int8 not null
  )`,
  `create table ledger_entries (
    posting_id text not null references ledger_postings,
    account text not null,
    currency text not null,
    amount int8 not null check (amount <> 0),
    primary key (posting_id, account, currency)
  )`,
  `create index ledger_entries_by_account on ledger_entries (account, currency)`,
]
