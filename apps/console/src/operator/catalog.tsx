import {
  catalogAppliedSchema,
  catalogCheckedSchema,
  catalogSourceSchema,
  catalogVersionsSchema,
  type CatalogChecked,
  type CatalogSource,
} from '@codeplan/contract'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Button, Card, Empty, Loaded, Notice, Page, Skeleton, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminAsk, adminQuery } from './api.ts'
import { catalogWords } from './catalog-words.ts'
import { DeedDialog, OperatorButton } from './deed-dialog.tsx'
import { Editor, type EditorHandle } from './editor.tsx'

const EVERY_MS = 30_000
const runningQuery = adminQuery('/catalog/versions/running', catalogSourceSchema, EVERY_MS)
const versionsQuery = adminQuery('/catalog/versions', catalogVersionsSchema)
/** Whoever types is not interrupted by an answer to each letter. */
const PAUSE_MS = 400

export function CatalogPage() {
  const w = useWords(catalogWords)
  const query = useQuery(runningQuery)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={query} skeleton="h-[70dvh]">
        {(running) => <Workbench running={running} />}
      </Loaded>
    </Page>
  )
}

/** The text, and beside it what it would do. */
function Workbench({ running }: { readonly running: CatalogSource }) {
  const w = useWords(catalogWords)
  const times = useTimes()
  const { count } = useAmounts()
  const editor = useRef<EditorHandle>(null)
  const queries = useQueryClient()
  // What was changed, and on which version it was begun; nothing while the running text is shown.
  const [draft, setDraft] = useState<{ readonly source: string; readonly base: number }>()
  const [isApplying, setApplying] = useState(false)
  const source = draft?.source ?? running.source
  const asked = useSettled(source)
  const checked = useQuery({
    queryKey: ['admin', '/catalog/check', running.version, asked],
    queryFn: () => adminAsk('/catalog/check', catalogCheckedSchema, { method: 'POST', body: { source: asked } }),
    placeholderData: keepPreviousData,
  })
  const found = checked.data
  const faults = new Set(draft && found ? found.faults.map(({ line }) => line) : [])
  const isStale = asked !== source || checked.isPlaceholderData || !found
  const hasMoved = draft !== undefined && draft.base !== running.version
  return (
    <>
      {hasMoved ? (
        <Notice tone="bad" title={w.moved}>
          <p>{w.movedAbout}</p>
        </Notice>
      ) : null}
      <Card
        title={w.editor}
        side={
          <div className="flex flex-wrap gap-2">
            {draft ? <Button onClick={() => setDraft(undefined)}>{w.undo}</Button> : null}
            <OperatorButton
              kind="primary"
              disabled={isStale || !found.ok || found.same || hasMoved}
              onClick={() => setApplying(true)}
            >
              {w.apply}
            </OperatorButton>
          </div>
        }
      >
        <p className="mb-4 text-sm text-soft">
          {w.running(count(running.version), times.moment(running.applied_at), running.applied_by)}
        </p>
        <Editor
          ref={editor}
          label={w.editor}
          value={source}
          faults={faults}
          onChange={(text) => setDraft({ source: text, base: draft?.base ?? running.version })}
        />
      </Card>
      <Card title={w.check} side={isStale ? <span className="text-sm text-soft">{w.checking}</span> : null}>
        <div aria-live="polite">
          {found ? <Told found={found} onLine={(line) => editor.current?.goTo(line)} /> : <Skeleton className="h-40" />}
        </div>
      </Card>
      <History
        onOpen={(text) => {
          setDraft({ source: text, base: running.version })
          editor.current?.goTo(1)
        }}
      />
      <DeedDialog
        open={isApplying}
        onClose={() => setApplying(false)}
        title={w.applyTitle}
        verb={w.apply}
        onDo={async ({ why }) => {
          const body = { source, base: draft?.base ?? running.version, why }
          await adminAsk('/catalog/apply', catalogAppliedSchema, { method: 'POST', body })
          // The new text is there before the old one would be shown for a moment.
          await queries.refetchQueries({ queryKey: runningQuery.queryKey })
          setDraft(undefined)
        }}
      >
        <p>{w.applyAbout(count(found?.changes.length ?? 0))}</p>
        {found ? <Touches found={found} /> : null}
      </DeedDialog>
    </>
  )
}

/** The value once nothing has changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function Told({ found, onLine }: { readonly found: CatalogChecked; readonly onLine: (line: number) => void }) {
  const w = useWords(catalogWords)
  const { count } = useAmounts()
  if (!found.ok)
    return (
      <Notice tone="bad" title={w.faults(count(found.faults.length))}>
        <ul className="mt-2 grid gap-2">
          {found.faults.map(({ line, path, cure }) => (
            <li key={`${line} ${path} ${cure}`} className="flex flex-wrap items-baseline gap-x-3">
              <span className="mr-auto min-w-0 break-words">{w.fault(count(line), path, cure)}</span>
              <Button size="small" onClick={() => onLine(line)}>
                {w.toLine}
              </Button>
            </li>
          ))}
        </ul>
      </Notice>
    )
  if (found.changes.length === 0) return <Empty title={w.same}>{w.sameAbout}</Empty>
  return (
    <div className="grid gap-6">
      <section>
        <h3 className="mb-2">{w.touches}</h3>
        <Touches found={found} />
      </section>
      <section>
        <h3 className="mb-2">{w.changes(count(found.changes.length))}</h3>
        <Table
          caption={w.changes(count(found.changes.length))}
          rows={found.changes}
          keyOf={({ path }) => path}
          columns={[
            {
              head: w.setting,
              main: true,
              cell: ({ path }) => <code className="font-mono text-xs break-all">{path}</code>,
            },
            { head: w.before, cell: ({ before }) => <Side text={before} tone="bg-bad-tint" /> },
            { head: w.after, cell: ({ after }) => <Side text={after} tone="bg-tint" /> },
          ]}
        />
      </section>
    </div>
  )
}

function Side({ text, tone }: { readonly text: string | null; readonly tone: string }) {
  const w = useWords(catalogWords)
  if (text === null) return <span className="text-soft">{w.nothing}</span>
  return <code className={`rounded-sm px-1.5 py-0.5 font-mono text-xs break-all ${tone}`}>{text}</code>
}

function Touches({ found }: { readonly found: CatalogChecked }) {
  const w = useWords(catalogWords)
  const { count } = useAmounts()
  return (
    <ul className="grid gap-2">
      {found.touches.map(({ plan, how, subscriptions }) => (
        <li key={`${plan} ${how}`} className="flex flex-wrap items-baseline gap-x-3">
          <Badge tone={how === 'at_once' ? 'warn' : how === 'removed' ? 'bad' : 'accent'}>{plan ?? w.everybody}</Badge>
          <span>{w.people(count(subscriptions))}</span>
          <span className="text-soft">{w.how[how]}</span>
        </li>
      ))}
    </ul>
  )
}

function History({ onOpen }: { readonly onOpen: (source: string) => void }) {
  const w = useWords(catalogWords)
  const times = useTimes()
  const { count } = useAmounts()
  const query = useQuery(versionsQuery)
  const queries = useQueryClient()
  const open = async (version: number): Promise<void> => {
    const found = await queries.fetchQuery(adminQuery(`/catalog/versions/${version}`, catalogSourceSchema))
    onOpen(found.source)
  }
  return (
    <Card title={w.history}>
      <Loaded query={query} skeleton="h-40">
        {({ versions }) => (
          <Table
            caption={w.history}
            rows={versions}
            keyOf={({ version }) => String(version)}
            columns={[
              {
                head: w.version,
                main: true,
                cell: ({ version, running }) => (
                  <span className="inline-flex items-center gap-2">
                    {count(version)} {running ? <Badge tone="good">{w.isRunning}</Badge> : null}
                  </span>
                ),
              },
              { head: w.at, cell: ({ applied_at: at }) => times.full(at) },
              { head: w.by, cell: ({ applied_by: by }) => by },
              {
                head: w.open,
                figures: true,
                cell: ({ version, running }) =>
                  running ? null : (
                    <Button size="small" onClick={() => void open(version)}>
                      {w.open}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
