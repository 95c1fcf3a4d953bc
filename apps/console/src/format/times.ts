import { useStart } from '../api/start.ts'
import { useLanguage } from '../words/language.tsx'
import { TAGS, type Language } from '../words/words.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Style = 'day' | 'time' | 'moment' | 'full'
const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  day: { year: 'numeric', month: 'short', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  moment: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  full: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
}

const kept = new Map<string, Intl.DateTimeFormat>()
function formatFor(language: Language, zone: string, style: Style): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${style}`
  const made = kept.get(key) ?? new Intl.DateTimeFormat(TAGS[language], { ...STYLES[style], timeZone: zone })
  kept.set(key, made)
  return made
}

export const timeText = (language: Language, zone: string, style: Style, at: string | number): string =>
  formatFor(language, zone, style).format(typeof at === 'string' ? Date.parse(at) : at)

/** `UTC+8`: how far the clocks of a zone are ahead at an instant. */
export function offsetText(zone: string, at: string | number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(
    typeof at === 'string' ? Date.parse(at) : at,
  )
  return parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? zone
}

const zonedText = (language: Language, zone: string, at: string | number): string =>
  `${timeText(language, zone, 'moment', at)} (${offsetText(zone, at)})`

/** `2 days 03:12:09`: what is left until then; nothing below zero. */
export function countdown(language: Language, leftMs: number): string {
  const left = Math.max(0, Math.floor(leftMs / SECOND) * SECOND)
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const clock = `${two((left % DAY) / HOUR)}:${two((left % HOUR) / MINUTE)}:${two((left % MINUTE) / SECOND)}`
  if (left < DAY) return clock
  const days = new Intl.NumberFormat(TAGS[language], { style: 'unit', unit: 'day', unitDisplay: 'long' })
  return `${days.format(Math.floor(left / DAY))} ${clock}`
}

/** `in 3 hours`, `2 minutes ago`. */
export function relative(language: Language, at: string, now: number): string {
  const distance = Date.parse(at) - now
  const size = Math.abs(distance)
  const format = new Intl.RelativeTimeFormat(TAGS[language], { numeric: 'auto' })
  if (size < MINUTE) return format.format(0, 'second')
  if (size < HOUR) return format.format(Math.round(distance / MINUTE), 'minute')
  if (size < DAY) return format.format(Math.round(distance / HOUR), 'hour')
  return format.format(Math.round(distance / DAY), 'day')
}

/** The zone in which whoever looks reads times: his own choice, else the operator's. */
export function useZone(): string {
  const { me, operator } = useStart()
  return me?.zone ?? operator.zone
}

export function useTimes() {
  const language = useLanguage()
  const zone = useZone()
  const operatorZone = useStart().operator.zone
  return {
    zone,
    day: (at: string | number) => timeText(language, zone, 'day', at),
    time: (at: string | number) => timeText(language, zone, 'time', at),
    moment: (at: string | number) => timeText(language, zone, 'moment', at),
    /** With the zone: where a reader could take it for another one. */
    zoned: (at: string | number) => zonedText(language, zone, at),
    full: (at: string | number) => timeText(language, zone, 'full', at),
    /** On the operator's clock, which releases and billing dates follow. */
    operator: (at: string | number) => zonedText(language, operatorZone, at),
    countdown: (leftMs: number) => countdown(language, leftMs),
    relative: (at: string, now: number) => relative(language, at, now),
  }
}
