/** Companies that give plans to their people. */
export const teams: readonly string[] = [
  `create table teams (
    id text primary key,
    name text not null check (name <> ''),
    created_at int8 not null
  )`,

  // Who has joined. Administrators look after seats, and use none by that.
  `create table team_people (
    team_id text not null references teams,
    member_id text not null references members,
    is_admin boolean not null default false,
    joined_at int8 not null,
    primary key (team_id, member_id)
  )`,
  `create index team_people_by_member on team_people (member_id)`,

  `create table team_invitations (
    id text primary key,
    team_id text not null references teams,
    email text not null,
    hash bytea not null unique,
    invited_by text not null,
    created_at int8 not null,
    ends_at int8 not null,
    -- Accepted or taken back.
    closed_at int8
  )`,

  // The right of a team to one plan for one person until a date.
  `create table team_seats (
    id text primary key,
    team_id text not null references teams,
    plan_version_id text not null references plan_versions,
    starts_at int8 not null,
    ends_at int8 not null check (ends_at > starts_at),
    -- Who gave it, or which order.
    source text not null,
    member_id text references members,
    -- The subscription of whoever has it, or had it last: the next one goes on in its windows.
    subscription_id text references subscriptions,
    -- Kept for whom it is offered to, as long as the invitation stands.
    invitation_id text references team_invitations,
    -- The group by which it was given; whoever leaves the group leaves the seat.
    by_group text,
    created_at int8 not null
  )`,
  `create index team_seats_by_team on team_seats (team_id)`,
  // One person, one seat.
  `create unique index team_seats_by_member on team_seats (member_id) where member_id is not null`,

  // Under which subscriptions the use of a team stands.
  `create table team_uses (
    subscription_id text primary key references subscriptions,
    team_id text not null references teams,
    seat_id text not null references team_seats,
    member_id text not null references members,
    began_at int8 not null
  )`,
  `create index team_uses_by_team on team_uses (team_id)`,

  // Groups of a provider of single sign-on whose people get a seat when they sign in.
  `create table team_groups (
    provider text not null,
    name text not null,
    team_id text not null references teams,
    primary key (provider, name)
  )`,
]
