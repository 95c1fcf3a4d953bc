import { written, type Ingredients, type Recipe } from '@codeplan/contract/recipes'

import { Code, Copy } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { setupWords } from './words.ts'

/** A configuration, as far as it goes: files, lines for a terminal, or the fields of a form. */
export function Steps({ recipe, from }: { readonly recipe: Recipe; readonly from: Ingredients }) {
  const w = useWords(setupWords)
  const language = useLanguage()
  const { files, terminal, form } = recipe
  return (
    <>
      {files.map((file) => (
        <Code key={file.name} text={written(file, from)} name={file.name} label={`${w.file} ${file.name}`} />
      ))}
      {terminal ? <Code text={terminal(from).join('\n')} name={w.terminal} label={w.terminal} /> : null}
      {form ? (
        <div className="grid gap-2">
          <p className="text-sm">
            {terminal ? `${w.or} ` : ''}
            {form.where[language]}
          </p>
          <dl aria-label={w.settings} className="grid overflow-hidden rounded-md border">
            {form.fields(from).map(({ label, value }) => (
              <div
                key={label.en}
                className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b bg-sunk py-1.5 pr-1.5 pl-3 last:border-0"
              >
                <dt className="w-44 text-sm text-soft">{label[language]}</dt>
                <dd className="flex min-w-0 flex-1 items-center justify-between gap-3">
                  <code className="min-w-0 font-mono text-[13px] break-all">{value}</code>
                  <Copy text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ) : null}
    </>
  )
}
