/** A session that an operator has opened, to see the console as its member does. */
export const looks = [
  `alter table sessions add column opened_by text references members`,
  `create index sessions_by_opener on sessions (opened_by) where opened_by is not null`,
]
