import type { ModelPrices } from '@codeplan/contract'
import { useSuspenseQuery } from '@tanstack/react-query'

import { multipliersQuery } from '../api/usage.ts'
import { useAmounts } from '../format/amounts.ts'
import { useNow } from '../format/ticking.ts'
import { timeText, useTimes } from '../format/times.ts'
import { Card, Ribbon, type Tone } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { usageWords } from './words.ts'

/** The day of each model that does not always count once: peak and off-peak, and where in it now is. */
export function TodayCard() {
  const w = useWords(usageWords)
  const { data } = useSuspenseQuery(multipliersQuery)
  const counted = data.models.filter((model) => model.today.some((part) => part.factor !== 1))
  return (
    <Card title={w.today}>
      <div className="grid gap-5">
        {counted.map((model) => (
          <Day key={model.id} model={model} zone={data.zone} />
        ))}
        <p className="text-sm text-soft">
          {counted.length === 0 ? w.alwaysOnce : w.othersOnce} {w.todayAbout(data.zone)}
        </p>
      </div>
    </Card>
  )
}

function Day({ model, zone }: { readonly model: ModelPrices; readonly zone: string }) {
  const w = useWords(usageWords)
  const language = useLanguage()
  const { count } = useAmounts()
  const times = useTimes()
  const now = useNow()
  const { today, multiplier, next_multiplier: next } = model
  const [begin, end] = [Date.parse(today[0]?.from ?? ''), Date.parse(today.at(-1)?.to ?? '')]
  const at = (when: string): number => (Date.parse(when) - begin) / (end - begin)
  const hour = (when: string): string => timeText(language, zone, 'time', when)
  const factors = [...new Set(today.map((part) => part.factor))].toSorted((a, b) => a - b)
  const tone = (factor: number): Tone =>
    factors.length === 1 ? 'plain' : factor === factors.at(-1) ? 'warn' : 'accent'
  const parts = today.map((part) => ({
    from: at(part.from),
    to: at(part.to),
    tone: tone(part.factor),
    text: `${count(part.factor)}×`,
  }))
  const told = today.map((part) => w.part(hour(part.from), hour(part.to), count(part.factor)))
  const marks = [
    { at: 0, text: '00:00' },
    ...parts.slice(1).map((part, i) => ({ at: part.from, text: hour(today[i + 1]?.from ?? '') })),
    { at: 1, text: '24:00' },
  ]
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">{model.name}</span>
        <span className="text-sm">
          <strong className="font-semibold">{w.countsNow(count(multiplier.factor))}</strong>
          {next ? (
            <span className="text-soft">{` · ${w.countsThen(count(next.factor), times.zoned(next.at))}`}</span>
          ) : null}
        </span>
      </div>
      <Ribbon
        text={w.ribbon(model.name, told.join('; '))}
        parts={parts}
        now={(now - begin) / (end - begin)}
        marks={marks}
      />
    </div>
  )
}
