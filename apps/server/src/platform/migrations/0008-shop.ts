/** Orders, payments and the contracts that they make. Amounts are whole minor units of the currency beside them. */
export const shop: readonly string[] = [
  // Set while a payment is open: the plan is served on, and whoever uses it is told.
  `alter table subscriptions add column paid_until int8`,

  // What a member has agreed to pay for a subscription; `terms` is core's Contract. One that runs per member (F68);
  // subscriptions that were granted have none.
  `create table contracts (
    subscription_id text primary key references subscriptions,
    member_id text not null references members,
    status text not null check (status in ('active', 'past_due', 'ended')),
    currency text not null,
    terms jsonb not null,
    -- Charged for renewals; null: none is bound.
    method_id text,
    -- When the clock has to do with it next.
    due_at int8,
    ended_at int8,
    ended_why text,
    created_at int8 not null
  )`,
  `create unique index contracts_one_that_runs on contracts (member_id) where status <> 'ended'`,
  `create index contracts_due on contracts (due_at) where due_at is not null`,

  // What was paid for which time. Credits and refunds are computed from `net`: money, and credit of money, less refunds.
  `create table paid_periods (
    subscription_id text not null references subscriptions,
    starts_at int8 not null,
    ends_at int8 not null check (ends_at > starts_at),
    net int8 not null check (net >= 0),
    order_id text not null,
    primary key (subscription_id, starts_at)
  )`,

  `create table orders (
    id text primary key,
    member_id text not null references members,
    kind text not null check (kind in ('purchase', 'upgrade', 'renewal', 'balance', 'seats')),
    state text not null default 'open' check (state in ('open', 'paid', 'expired', 'cancelled')),
    plan text,
    plan_version_id text references plan_versions,
    cycle text,
    currency text not null,
    price int8 not null check (price >= 0),
    discount int8 not null default 0 check (discount >= 0),
    credit int8 not null default 0 check (credit >= 0),
    amount int8 not null check (amount = price - discount - credit and amount >= 0),
    coupon text,
    -- Of an upgrade or renewal the one it is for; of a purchase the one it has made.
    subscription_id text references subscriptions,
    -- What was shown before the payment, as it is carried out.
    quote jsonb not null default '{}',
    expires_at int8 not null,
    -- The caller's name for this wish: sent twice, it is one order (F68).
    request_key text not null,
    created_at int8 not null,
    closed_at int8,
    unique (member_id, request_key)
  )`,
  `create index orders_by_member on orders (member_id, id desc)`,
  `create index orders_by_subscription on orders (subscription_id) where subscription_id is not null`,
  `create index orders_open on orders (expires_at) where state = 'open'`,
  // One open wish at a time for a plan.
  `create unique index orders_one_open_purchase on orders (member_id, plan) where state = 'open' and kind = 'purchase'`,

  `create table payment_methods (
    id text primary key,
    member_id text not null references members,
    provider text not null,
    -- The provider's name of the permission to charge; useless without the operator's secret.
    mandate text not null,
    label text not null,
    -- The same card or wallet has the same one, whoever binds it.
    fingerprint text not null,
    -- A debit above it needs a new permission; null: none is stated.
    amount_max int8,
    created_at int8 not null,
    unbound_at int8
  )`,
  `create unique index payment_methods_bound on payment_methods (member_id, provider, mandate) where unbound_at is null`,

  `create table payments (
    id text primary key,
    order_id text not null references orders,
    member_id text not null references members,
    provider text not null,
    method_id text references payment_methods,
    state text not null check (state in ('created', 'pending', 'action_required', 'succeeded', 'failed', 'refunded')),
    currency text not null,
    amount int8 not null check (amount > 0),
    provider_ref text,
    -- Where the customer goes on: an address, or what the provider's own page needs.
    action jsonb,
    failure text,
    -- What became of the money that came in: it pays the order, or it goes back.
    kept boolean,
    created_at int8 not null,
    updated_at int8 not null,
    -- When the provider is asked about it, if it has not said so before.
    check_at int8,
    unique (provider, provider_ref)
  )`,
  `create index payments_by_order on payments (order_id)`,
  `create index payments_to_check on payments (check_at) where check_at is not null`,

  `create table refunds (
    id text primary key,
    payment_id text not null references payments,
    amount int8 not null check (amount > 0),
    reason text not null,
    state text not null check (state in ('requested', 'pending', 'succeeded', 'failed')),
    provider_ref text,
    failure text,
    created_at int8 not null,
    updated_at int8 not null,
    check_at int8
  )`,
  `create index refunds_by_payment on refunds (payment_id)`,
  `create index refunds_to_check on refunds (check_at) where check_at is not null`,

  // Verified news of providers, kept as they came, worked off once (F56, F57).
  `create table provider_events (
    provider text not null,
    event_id text not null,
    received_at int8 not null,
    body bytea not null,
    -- What it tells, read when its sender was proven.
    news jsonb,
    worked_at int8,
    what text,
    primary key (provider, event_id)
  )`,
  `create index provider_events_waiting on provider_events (received_at) where worked_at is null`,

  `create table coupons (
    code text primary key,
    terms jsonb not null,
    uses int not null default 0,
    created_at int8 not null,
    created_by text not null
  )`,
  // Once a person; given back when the order is let go.
  `create table coupon_uses (
    code text not null references coupons,
    member_id text not null references members,
    order_id text not null references orders,
    primary key (code, member_id)
  )`,
  `create table redeem_codes (
    hash bytea primary key,
    gift jsonb not null,
    created_at int8 not null,
    created_by text not null,
    redeemed_by text references members,
    redeemed_at int8
  )`,

  // Numbers without gaps: taken under the lock of the row, in the transaction that books the payment.
  `create table invoice_numbers (year int primary key, last int not null)`,
  `create table invoices (
    number text primary key,
    order_id text not null unique references orders,
    member_id text not null references members,
    issued_at int8 not null,
    content jsonb not null
  )`,
  `create index invoices_by_member on invoices (member_id, issued_at desc)`,

  // Letters to people, written with what they tell of and sent afterwards. The same key is one letter.
  `create table mails (
    id text primary key,
    member_id text references members,
    address text not null,
    kind text not null,
    data jsonb not null,
    dedupe_key text not null unique,
    created_at int8 not null,
    sent_at int8,
    attempts int not null default 0,
    next_at int8,
    failure text
  )`,
  `create index mails_to_send on mails (next_at) where next_at is not null`,
]
