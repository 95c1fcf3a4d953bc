/**
 * What was refused, so that a subscriber can ask why; who may use a key from where, and what was noticed of it. Refusals of the same
 * kind within seconds are one row.
 */
export const refusals: readonly string[] = [
  `create table refusals (
    id text primary key,
    member_id text not null,
    key_id text not null,
    at int8 not null,
    times int4 not null,
    told jsonb not null
  )`,
  `create index refusals_of_member on refusals (member_id, at desc)`,
  `create index refusals_by_age on refusals (at)`,
  `alter table keys add column allowed jsonb`,
  `alter table keys add column many_addresses_at int8`,
]
