/** What a call was for, where its caller says so: hours are kept by it as well. */
export const projects = [
  `alter table usage_hours add column project text not null default ''`,
  `alter table usage_hours drop constraint usage_hours_pkey`,
  `alter table usage_hours add primary key (subscription_id, hour_at, model, tool, key_id, project)`,
]
