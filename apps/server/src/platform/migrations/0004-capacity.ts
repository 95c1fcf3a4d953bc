/** What the places of each model have shown, by hour (UTC) and node. A node writes its own rows, whole, once a minute. */
export const capacity: readonly string[] = [
  `create table capacity_hours (
    hour_at int8 not null,
    model text not null,
    node text not null,
    -- Null: a route takes any number.
    places int8,
    calls int8 not null,
    retries int8 not null,
    waited int8 not null,
    wait_ms int8 not null,
    wait_ms_max int8 not null,
    left_waiting int8 not null,
    refused_full int8 not null,
    refused_late int8 not null,
    refused_own int8 not null,
    -- Places × milliseconds: divided by the time it is the average.
    in_use_ms int8 not null,
    in_use_peak int8 not null,
    waiting_ms int8 not null,
    waiting_peak int8 not null,
    primary key (hour_at, model, node)
  )`,
]
