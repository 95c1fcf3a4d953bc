import type { StandingWindowShown } from '@codeplan/contract'

import type { Language } from './world.ts'

/** Full blocks and the eighths of one, so that small changes show. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8)
  const full = Math.floor(eighths / 8)
  const part = eighths % 8 === 0 ? '' : (' ▏▎▍▌▋▊▉'[eighths % 8] ?? '')
  return (`█`.repeat(full) + part).padEnd(cells, '░')
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** In the two largest units: `2 d 4 h`, `3 h 07 min`, `12 min`. */
export function span(ms: number, language: Language): string {
  const unit = language === 'zh' ? { d: '天', h: '小时', min: '分钟' } : { d: 'd', h: 'h', min: 'min' }
  const minutes = Math.max(1, Math.ceil(ms / MINUTE))
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const parts =
    days > 0
      ? [`${days} ${unit.d}`, hours && `${hours} ${unit.h}`]
      : [hours && `${hours} ${unit.h}`, (rest || !hours) && `${rest} ${unit.min}`]
  return parts.filter(Boolean).join(' ')
}

export function windowName({ length_ms }: Pick<StandingWindowShown, 'length_ms'>, language: Language): string {
  if (length_ms % (7 * DAY) === 0) return times(length_ms / (7 * DAY), { en: 'week', zh: '周' }, language)
  if (length_ms % DAY === 0) return times(length_ms / DAY, { en: 'd', zh: '天' }, language)
  return times(length_ms / HOUR, { en: 'h', zh: '小时' }, language)
}

const times = (n: number, unit: { readonly en: string; readonly zh: string }, language: Language): string =>
  n === 1 ? (language === 'zh' ? `每${unit.zh}` : unit.en) : language === 'zh' ? `${n}${unit.zh}` : `${n} ${unit.en}`

/** On the clock of the person's own machine; the day only where it is another. */
export function clockTime(iso: string, now: number, language: Language): string {
  const at = new Date(iso)
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (at.toDateString() === new Date(now).toDateString()) return time
  return `${at.toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', { month: 'short', day: 'numeric' })} ${time}`
}
