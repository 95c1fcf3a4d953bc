/** Responses that their callers asked to keep (`store: true`), for a while: what was asked and answered, as JSON text. */
export const storedResponses: readonly string[] = [
  `create table stored_responses (
    id text primary key,
    member_id text not null,
    -- Not a reference: a conversation may have lost its beginning.
    previous_id text,
    created_at int8 not null,
    expires_at int8 not null,
    input text not null,
    response text not null
  )`,
  `create index stored_responses_by_age on stored_responses (expires_at)`,
]
