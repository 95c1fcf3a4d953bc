/** What operators look at and do: why something was done, upstreams that are drained, and what needs a person. */
export const operator: readonly string[] = [
  `alter table audit add column why text`,
  `create index audit_by_who on audit (who, id desc)`,

  // No call is sent there until it is taken back, on any node.
  `create table drained_upstreams (
    upstream text primary key,
    drained_at int8 not null,
    drained_by text not null,
    why text not null
  )`,

  `create index quota_credits_by_subscription on quota_credits (subscription_id)`,
  `create index sale_reservations_by_release on sale_reservations (release_id)`,

  // Few rows among many: what somebody has to look at.
  `create index contracts_past_due on contracts (due_at) where status = 'past_due'`,
  `create index refunds_failed on refunds (id) where state = 'failed'`,
  `create index mails_by_address on mails (address, id desc)`,
  `create index mails_given_up on mails (id) where sent_at is null and next_at is null and failure is not null`,
  // What came in on a day, and what went back.
  `create index orders_paid on orders (closed_at) where state = 'paid'`,
  `create index refunds_sent on refunds (updated_at) where state = 'succeeded'`,
]
