/**
 * What a node remembers of a member's books is good for as long as this number is the same. Whoever writes the row sets
 * another one; whoever changes which subscriptions a member has does so by the trigger.
 */
export const booksVersion: readonly string[] = [
  `alter table quotas add column version int8 not null default 0`,
  `create function books_of_member_moved() returns trigger language plpgsql as $$
    begin
      update quotas set version = version + 1
      where subscription_id in (select id from subscriptions where member_id = coalesce(new.member_id, old.member_id));
      return null;
    end $$`,
  `create trigger subscriptions_moved after insert or update or delete on subscriptions
    for each row execute function books_of_member_moved()`,
  // A write that must find what it was decided on, or change nothing at all.
  `create function expect_books(ok boolean) returns void language plpgsql as $$
    begin
      if not ok then raise exception 'the books have moved' using errcode = 'CP001'; end if;
    end $$`,
]
