/** The limited sale: what is released, who has a piece of it, and who waits. */
export const sale: readonly string[] = [
  // One row a plan, locked by whoever takes pieces or gives them back: these changes happen one after the other.
  `create table sale_plans (
    plan text primary key,
    -- Set by command; the catalog may pause a plan as well.
    paused_at int8
  )`,
  // Written before it opens, and on sale from its instant on by itself: no job has to be in time.
  `create table sale_releases (
    id text primary key,
    plan text not null references sale_plans,
    origin text not null check (origin in ('calendar', 'catalog', 'operator')),
    opens_at int8 not null,
    -- What is left then is sold no longer; null: it is carried on.
    closes_at int8,
    pieces int not null,
    taken int not null default 0,
    -- Its SHA-256 is public from the beginning, itself after the draw.
    seed text not null,
    drawn_at int8,
    drawn_by text check (drawn_by in ('lot', 'first_come')),
    created_at int8 not null,
    check (taken between 0 and pieces)
  )`,
  `create index sale_releases_by_plan on sale_releases (plan, opens_at)`,
  `create table sale_reservations (
    id text primary key,
    release_id text not null references sale_releases,
    plan text not null,
    member_id text not null references members,
    state text not null check (state in ('called', 'ordered', 'sold', 'returned')),
    -- Null: somebody was called for the piece, and has not ordered yet.
    order_id text unique references orders,
    -- What it was paid with.
    fingerprint text,
    taken_at int8 not null,
    -- Of a turn and of an order that is not paid.
    expires_at int8
  )`,
  `create unique index sale_reservations_one_open on sale_reservations (member_id, plan) where state in ('called', 'ordered')`,
  `create index sale_reservations_ending on sale_reservations (plan, expires_at) where state in ('called', 'ordered')`,
  `create index sale_reservations_by_member on sale_reservations (member_id, taken_at)`,
  `create index sale_reservations_by_time on sale_reservations (taken_at)`,
  `create index sale_reservations_by_method on sale_reservations (fingerprint, taken_at) where fingerprint is not null`,

  // The order of those who wait, over all releases: smaller ones are called first.
  `create sequence sale_ranks`,
  `create table sale_tickets (
    release_id text not null references sale_releases on delete cascade,
    member_id text not null references members,
    plan text not null,
    ticket text not null,
    joined_at int8 not null,
    arrival int8 generated always as identity,
    -- Null until the draw.
    rank int8,
    -- Came after the draw, and stands behind it.
    is_late boolean not null,
    state text not null check (state in ('waiting', 'called', 'served', 'lost', 'left')),
    -- Null: keeps its order for the releases to come.
    lapses_at int8,
    primary key (release_id, member_id)
  )`,
  `create unique index sale_tickets_one_open on sale_tickets (member_id) where state in ('waiting', 'called')`,
  `create index sale_tickets_waiting on sale_tickets (plan, rank) where state = 'waiting'`,
  `create index sale_tickets_by_member on sale_tickets (member_id, arrival desc)`,
]
