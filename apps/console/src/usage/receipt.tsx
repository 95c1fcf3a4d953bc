import type { CallReceipt } from '@codeplan/contract'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Fact, Facts } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { receiptWords } from './receipt-words.ts'

const SECOND_MS = 1_000

/** How a call was counted, and why: enough to compute it again. */
export function Receipt({ call }: { readonly call: CallReceipt }) {
  const r = useWords(receiptWords)
  const times = useTimes()
  const { count, money } = useAmounts()
  const { tokens, timing, list_price: price, multiplier } = call
  const seconds = (ms: number): string => `${count(ms / SECOND_MS, 1)} s`
  return (
    <div className="border-t px-3 py-3 text-sm">
      <Facts>
        <Fact label={r.charge}>
          {call.charge === undefined ? '…' : count(call.charge, 6)}
          {call.counted === false ? ` (${r.notCounted})` : ''}
        </Fact>
        <Fact label={r.multiplier}>
          {`${count(multiplier.factor, 3)}×`}
          <Aside text={multiplier.rule === 'none' ? r.noRule : r.rule(multiplier.rule)} />
        </Fact>
        <Fact label={r.why}>{r.reasons[call.prompt.reason] ?? call.prompt.reason}</Fact>
        <Fact label={r.paidBy}>{r.purse[call.paid_by.purse]}</Fact>
        {call.windows.map((window) => (
          <Fact key={window.id} label={`${r.window} ${window.id}`}>
            {`${count(window.before, 6)} → ${count(window.after, 6)}`}
            <Aside text={`${r.of} ${count(window.limit)}, ${times.moment(window.resets_at)}`} />
          </Fact>
        ))}
        {tokens ? (
          <Fact label={r.tokens}>
            {[tokens.input + tokens.cache_write_5m + tokens.cache_write_1h, tokens.cache_read, tokens.output]
              .map((n) => count(n))
              .join(' / ')}
          </Fact>
        ) : null}
        {price ? (
          <Fact label={r.listPrice}>{money({ amount: price.amount.toFixed(6), currency: price.currency })}</Fact>
        ) : null}
        <Fact label={r.tool}>
          {call.tool}
          {call.tool_rule ? <Aside text={call.tool_rule} /> : null}
        </Fact>
        <Fact label={r.asked}>{call.model.asked}</Fact>
        <Fact label={r.ending}>{r.endings[call.ending] ?? call.ending}</Fact>
        {timing ? (
          <Fact label={r.total}>
            {timing.first_byte_ms === null ? '' : `${r.firstByte} ${seconds(timing.first_byte_ms)}, `}
            {seconds(timing.total_ms)}
          </Fact>
        ) : null}
        <Fact label={r.id}>
          <code className="font-mono text-xs break-all">{call.id}</code>
        </Fact>
      </Facts>
    </div>
  )
}

const Aside = ({ text }: { readonly text: string }) => <span className="font-normal text-soft">{` (${text})`}</span>
