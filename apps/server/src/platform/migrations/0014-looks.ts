/** A session that an operator has opened, to see the console as its member does. */
export const looks = [`alter table sessions add column opened_by text references members`]
