import { atWallClock, DAY_MS, wallClock } from './time.ts'
import { instant, type Instant } from './units.ts'

/** When new pieces come: at the start, and from the next day on each day when the zone's clock shows the time. */
export interface ReleaseCalendar {
  readonly startsAt: Instant
  readonly zone: string
  readonly minuteOfDay: number
}

export interface ReleaseDay {
  /** `2026-01-23` on the zone's calendar: what a daily release is known by. */
  readonly day: string
  readonly at: Instant
}

/** The newest daily release that has come; undefined before the start. */
export function lastReleaseDay(calendar: ReleaseCalendar, now: Instant): ReleaseDay | undefined {
  return [1, 0, -1].map((days) => onDay(calendar, now, days)).find((release) => release && release.at <= now)
}

/** The first daily release that is still to come. */
export function nextReleaseDay(calendar: ReleaseCalendar, now: Instant): ReleaseDay {
  const { startsAt, zone } = calendar
  if (now < startsAt) return { day: dayText(dayOf(zone, startsAt, 0)), at: startsAt }
  const found = [-1, 0, 1, 2].map((days) => onDay(calendar, now, days)).find((release) => release && release.at > now)
  if (!found) throw new RangeError('a day without a release')
  return found
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

function dayOf(zone: string, at: Instant, days: number): Day {
  const wall = wallClock(zone, at)
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day) + days * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

const dayText = ({ year, month, day }: Day): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)

/** The release of the day that lies so many days from now's; one a day, the first is the start itself. */
function onDay({ startsAt, zone, minuteOfDay }: ReleaseCalendar, now: Instant, days: number): ReleaseDay | undefined {
  const date = dayOf(zone, now, days)
  const day = dayText(date)
  const first = dayText(dayOf(zone, startsAt, 0))
  if (day < first) return undefined
  return { day, at: day === first ? startsAt : atWallClock(zone, { ...date, minuteOfDay }) }
}

/** What is put on sale of a plan at an instant. */
export interface PlannedRelease {
  readonly id: string
  readonly plan: string
  readonly origin: 'calendar' | 'catalog' | 'operator'
  readonly opensAt: Instant
  /** From here what is left is sold no longer; null: it is carried on. */
  readonly closesAt: Instant | null
  readonly pieces: number
}

export interface ReleaseRules {
  readonly calendar: ReleaseCalendar
  /** Of each plan, at each daily release. */
  readonly pieces: number
  readonly leftover: 'drop' | 'carry'
  readonly special: readonly { readonly plan: string; readonly pieces: number; readonly at: Instant }[]
}

/** Under `drop` what is left over goes with the next daily release. */
export function closesAt({ calendar, leftover }: ReleaseRules, opensAt: Instant, now: Instant): Instant | null {
  return leftover === 'carry' ? null : nextReleaseDay(calendar, instant(Math.max(opensAt, now))).at
}

/** What the rules ask for now: of each plan the newest and the next daily release, and the special ones since then. */
export function plannedReleases(rules: ReleaseRules, plans: readonly string[], now: Instant): PlannedRelease[] {
  const last = lastReleaseDay(rules.calendar, now)
  const days = [last, nextReleaseDay(rules.calendar, now)].filter((day) => day !== undefined)
  const daily = plans.flatMap((plan) =>
    days.map(({ day, at }) => {
      const id = `${plan}:${day}`
      return {
        id,
        plan,
        origin: 'calendar',
        opensAt: at,
        closesAt: closesAt(rules, at, now),
        pieces: rules.pieces,
      } as const
    }),
  )
  const special = rules.special
    .filter(({ plan, at }) => plans.includes(plan) && at > (last?.at ?? -Infinity))
    .map(({ plan, pieces, at }) => {
      const id = `${plan}:special:${new Date(at).toISOString()}`
      return { id, plan, origin: 'catalog', opensAt: at, closesAt: closesAt(rules, at, now), pieces } as const
    })
  return [...daily, ...special]
}

export interface ReleaseChanges {
  readonly put: readonly PlannedRelease[]
  readonly remove: readonly string[]
}

/** A release as it is written down. `drawnAt`: it has opened, and its order was drawn. */
export interface WrittenRelease extends PlannedRelease {
  readonly drawnAt: Instant | null
}

/**
 * What brings the releases that are written down, and have not closed, in line with the rules. One that has opened keeps its
 * instant and its number, whatever the rules say since; only until when its leftover is sold follows them.
 */
export function releaseChanges(
  rules: ReleaseRules,
  plans: readonly string[],
  there: readonly WrittenRelease[],
  now: Instant,
): ReleaseChanges {
  const planned = new Map(plannedReleases(rules, plans, now).map((release) => [release.id, release]))
  const put: PlannedRelease[] = []
  const remove: string[] = []
  for (const row of there) {
    const wanted = planned.get(row.id)
    planned.delete(row.id)
    const isFixed = row.drawnAt !== null || row.origin === 'operator'
    if (!isFixed && !wanted) remove.push(row.id)
    const next = isFixed || !wanted ? { ...row, closesAt: closesAt(rules, row.opensAt, now) } : wanted
    if ((isFixed || wanted) && !isSame(row, next)) put.push(next)
  }
  return { put: [...put, ...planned.values()], remove }
}

const isSame = (a: PlannedRelease, b: PlannedRelease): boolean =>
  a.opensAt === b.opensAt && a.closesAt === b.closesAt && a.pieces === b.pieces
