/** The hot row of a balance: what the ledger's entries of its member sum to, and what running calls have set aside. */
export const wallets: readonly string[] = [
  `create table wallets (
    member_id text primary key,
    currency text not null,
    balance int8 not null default 0 check (balance >= 0),
    reserved int8 not null default 0 check (reserved between 0 and balance),
    overflow_on boolean not null default false,
    -- Null: as far as the balance reaches.
    overflow_cap int8,
    overflow_month text not null default '',
    overflow_spent int8 not null default 0
  )`,
]
