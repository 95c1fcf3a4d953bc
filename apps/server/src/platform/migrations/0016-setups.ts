/** Payment methods that are bound without a payment. */
export const setups: readonly string[] = [
  `create table method_setups (
    id text primary key,
    member_id text not null references members,
    provider text not null,
    state text not null check (state in ('created', 'action_required', 'pending', 'succeeded', 'failed')),
    -- The most that may be debited at once; null: none is stated.
    amount_max int8,
    provider_ref text,
    action jsonb,
    failure text,
    -- What it has bound.
    method_id text references payment_methods,
    created_at int8 not null,
    expires_at int8 not null,
    -- When the provider is asked about it, if it has not said so before.
    check_at int8
  )`,
  `create index method_setups_open on method_setups (member_id, provider) where check_at is not null`,
  `create index method_setups_to_check on method_setups (check_at) where check_at is not null`,
]
