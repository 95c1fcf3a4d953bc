import type { CallReceipt, PromptShown } from '@codeplan/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { callsQuery, promptsQuery } from '../api/usage.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Button, buttonLook, Card, Empty, Icon, Loaded, look, NotLoaded, Skeleton } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Receipt } from './receipt.tsx'
import { receiptWords } from './receipt-words.ts'
import { usageWords } from './words.ts'

/** Each question with what it cost, opening to its calls, each opening to its receipt. */
export function PromptsCard() {
  const w = useWords(usageWords)
  const prompts = useInfiniteQuery(promptsQuery)
  const all = prompts.data?.pages.flatMap((page) => page.prompts)
  const setUp = (
    <Link to="/setup" className={buttonLook('primary')}>
      {w.setUp}
    </Link>
  )
  return (
    <Card title={w.list}>
      <p className="-mt-2 mb-4 text-sm text-soft">{w.listAbout}</p>
      {prompts.isError && !all ? <NotLoaded why={prompts.error} again={() => void prompts.refetch()} /> : null}
      {prompts.isPending ? <Skeleton className="h-64" /> : null}
      {all?.length === 0 ? (
        <Empty title={w.noPrompts} action={setUp}>
          {w.noPromptsAbout}
        </Empty>
      ) : null}
      {all && all.length > 0 ? (
        <ul className="divide-y border-y">
          {all.map((prompt) => (
            <li key={prompt.id}>
              <OnePrompt prompt={prompt} />
            </li>
          ))}
        </ul>
      ) : null}
      {prompts.hasNextPage ? (
        <Button className="mt-4" busy={prompts.isFetchingNextPage} onClick={() => void prompts.fetchNextPage()}>
          {w.more}
        </Button>
      ) : null}
    </Card>
  )
}

function OnePrompt({ prompt }: { readonly prompt: PromptShown }) {
  const w = useWords(usageWords)
  const times = useTimes()
  const { count, size } = useAmounts()
  const [isOpen, setOpen] = useState(false)
  const { charge, calls, settled_calls, models, tools, multiplier, input_tokens, output_tokens } = prompt
  const isRunning = settled_calls < calls
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="grid grid-cols-[1fr_auto] items-baseline gap-x-4 gap-y-1 py-3 hover:bg-sunk sm:grid-cols-[7rem_1fr_7rem_8rem_7rem] sm:px-2">
        <span className="font-medium sm:order-2">
          {models.join(', ') || '–'}
          <span className="font-normal text-soft">{` · ${tools.join(', ')}`}</span>
        </span>
        <span className="flex items-baseline justify-end gap-2 font-semibold sm:order-5">
          {isRunning ? <Badge tone="accent">{w.running}</Badge> : count(charge)}
          {!isRunning && multiplier !== null && multiplier !== 1 ? (
            <span className="text-sm font-normal text-soft">{`(${count(multiplier)}×)`}</span>
          ) : null}
          <span className={look('self-center text-soft transition-transform', isOpen && 'rotate-180')}>
            <Icon name="down" size={16} />
          </span>
        </span>
        <span className="col-span-2 flex flex-wrap gap-x-4 text-sm text-soft sm:contents">
          <span className="sm:order-1">{times.moment(prompt.opened_at)}</span>
          <span className="sm:order-3">{w.callsOf(calls)}</span>
          <span className="sm:order-4">{`${size(input_tokens)} → ${size(output_tokens)}`}</span>
        </span>
      </summary>
      {isOpen ? <Calls prompt={prompt.id} /> : null}
    </details>
  )
}

function Calls({ prompt }: { readonly prompt: string }) {
  const calls = useQuery(callsQuery(prompt))
  return (
    <div className="mb-3 rounded-md bg-sunk p-3 sm:ml-4">
      <Loaded query={calls} skeleton="h-16">
        {({ calls: all }) => (
          <ul className="grid gap-1">
            {all.map((call) => (
              <li key={call.id}>
                <OneCall call={call} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  )
}

function OneCall({ call }: { readonly call: CallReceipt }) {
  const r = useWords(receiptWords)
  const times = useTimes()
  const { count, size } = useAmounts()
  const { tokens } = call
  const input = tokens ? tokens.input + tokens.cache_read + tokens.cache_write_5m + tokens.cache_write_1h : 0
  return (
    <details className="rounded-sm bg-card">
      <summary className="flex flex-wrap items-baseline gap-x-4 px-3 py-2 text-sm">
        <span className="text-soft">{times.full(call.admitted_at)}</span>
        <span>{call.model.served}</span>
        <span className="text-soft">{tokens ? `${size(input)} → ${size(tokens.output)}` : null}</span>
        {call.ending === 'completed' ? null : (
          <Badge tone={call.ending === 'running' ? 'accent' : 'warn'}>{r.endings[call.ending] ?? call.ending}</Badge>
        )}
        <span className="ml-auto font-medium">{call.charge === undefined ? '…' : count(call.charge, 6)}</span>
      </summary>
      <Receipt call={call} />
    </details>
  )
}
