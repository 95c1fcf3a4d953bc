import { Code, Copy } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import type { Step } from './recipes.ts'
import { setupWords } from './words.ts'

/** A configuration, as far as it goes: files, lines for a terminal, or the fields of a form. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const w = useWords(setupWords)
  return steps.map((step) => {
    if (step.kind === 'file')
      return <Code key={step.name} text={step.text} name={step.name} label={`${w.file} ${step.name}`} />
    if (step.kind === 'terminal') return <Code key="terminal" text={step.text} name={w.terminal} label={w.terminal} />
    return (
      <dl key="fields" aria-label={w.settings} className="grid overflow-hidden rounded-md border">
        {step.fields.map(([name, value]) => (
          <div
            key={name}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b bg-sunk py-1.5 pr-1.5 pl-3 last:border-0"
          >
            <dt className="w-24 text-sm text-soft">{w.field[name]}</dt>
            <dd className="flex min-w-0 flex-1 items-center justify-between gap-3">
              <code className="min-w-0 font-mono text-[13px] break-all">{value}</code>
              <Copy text={value} />
            </dd>
          </div>
        ))}
      </dl>
    )
  })
}
