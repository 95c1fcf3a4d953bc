import { jsonb, sql, type Queries } from '../platform/index.ts'
import type { HourFigures } from './capacity-figures.ts'

/** The figures of a model in an hour. Places: null when a route takes any number. */
export interface CapacityHour extends Readonly<HourFigures> {
  readonly model: string
  readonly places: number | null
}

const SUMS = [
  'calls',
  'retries',
  'waited',
  'wait_ms',
  'left_waiting',
  'refused_full',
  'refused_late',
  'refused_own',
  'in_use_ms',
  'in_use_peak',
  'waiting_ms',
  'waiting_peak',
] satisfies readonly (keyof HourFigures)[]
const FIGURES = sql.raw(['places', 'wait_ms_max', ...SUMS].map((name) => `${name} = excluded.${name}`).join(', '))
const SUMMED = sql.raw(SUMS.map((name) => `sum(${name})::int8 as ${name}`).join(', '))

/** The sums of an hour are this node's own and written whole: writing them again changes nothing. */
export async function writeCapacity(on: Queries, node: string, hours: readonly CapacityHour[]): Promise<void> {
  const rows = jsonb(hours.map((hour) => ({ ...hour, node })))
  await sql`insert into capacity_hours select * from jsonb_populate_recordset(null::capacity_hours, ${rows}::jsonb)
    on conflict (hour_at, model, node) do update set ${FIGURES}`.execute(on)
}

const HOURS = sql`select hour_at, model, case when count(places) = count(*) then sum(places)::int8 end as places,
    max(wait_ms_max)::int8 as wait_ms_max, ${SUMMED} from capacity_hours`

/** All nodes together. Their peaks need not have been at the same moment: the sum is at least the peak of all. */
export async function capacityHours(on: Queries, from: number): Promise<readonly CapacityHour[]> {
  const { rows } = await sql<CapacityHour>`${HOURS} where hour_at >= ${from}
    group by hour_at, model order by model, hour_at`.execute(on)
  return rows
}

/** Of each model the hour in which most of its places were in use. */
export async function busiestHours(on: Queries, from: number, to: number): Promise<readonly CapacityHour[]> {
  const { rows } = await sql<CapacityHour>`select distinct on (model) * from (${HOURS}
    where hour_at >= ${from} and hour_at < ${to} group by hour_at, model) h
    order by model, in_use_ms desc, hour_at`.execute(on)
  return rows
}
