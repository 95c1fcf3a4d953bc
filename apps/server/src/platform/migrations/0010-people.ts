/** How people sign in, what they wish, and what was done in the operator's name. */
export const people: readonly string[] = [
  `alter table members
    add column role text not null default 'member' check (role in ('member', 'support', 'operator')),
    -- When it was shown that letters to the address reach the person.
    add column verified_at int8,
    add column language text not null default 'en' check (language in ('en', 'zh')),
    -- Null: the operator's.
    add column zone text,
    -- Percents of a window at which its member wishes to be told.
    add column usage_notices jsonb not null default '[75, 90]',
    -- Micros of the operator's currency below which a balance is low; null: no notice.
    add column balance_notice int8`,
  // So far only operators have added people.
  `update members set verified_at = created_at`,

  // What a person signs in with. Apart from the member, so that no list of people reads it.
  `create table credentials (
    member_id text primary key references members,
    -- Argon2id, with its parameters; null: none was set yet.
    password_hash text,
    -- Sealed with the operator key. In force from the first right code on.
    totp_secret text,
    totp_since int8,
    -- The last time step that a code was taken for: none is good twice.
    totp_step int8 not null default 0,
    -- SHA-256 of those that were not used.
    recovery_hashes jsonb not null default '[]'
  )`,

  `create table sessions (
    id text primary key,
    hash bytea not null unique,
    member_id text not null references members,
    created_at int8 not null,
    seen_at int8 not null,
    ends_at int8 not null,
    address text not null,
    agent text not null
  )`,
  `create index sessions_by_member on sessions (member_id)`,
  `create index sessions_by_end on sessions (ends_at)`,

  // Links of letters: the first that is used ends the others of its purpose.
  `create table letter_tokens (
    hash bytea primary key,
    member_id text not null references members,
    purpose text not null check (purpose in ('verify', 'reset')),
    ends_at int8 not null
  )`,
  `create index letter_tokens_by_member on letter_tokens (member_id)`,

  // Who somebody is at a provider of single sign-on.
  `create table sso_links (
    issuer text not null,
    subject text not null,
    member_id text not null references members,
    created_at int8 not null,
    primary key (issuer, subject)
  )`,

  `create table audit (
    id text primary key,
    at int8 not null,
    -- A member, or the command line.
    who text not null,
    address text not null,
    action text not null,
    whom text,
    before jsonb,
    after jsonb
  )`,
  `create index audit_by_whom on audit (whom, id desc)`,
  `create function audit_is_append_only() returns trigger language plpgsql as
    'begin raise exception ''the audit log is append-only''; end'`,
  `create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function audit_is_append_only()`,
]
