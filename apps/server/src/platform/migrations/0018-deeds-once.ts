/** Deeds that carry a name of their caller's (`Idempotency-Key`): one that gives something is done once. */
export const deedsOnce: readonly string[] = [
  `alter table audit add column request_key text`,
  `create index audit_by_request on audit (who, request_key) where request_key is not null`,
]
