import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import { expect } from 'vitest'

/** `npm run docs:errors` writes what a test run compares. */
const isWriting = process.env.UPDATE_DOCS === '1'

/** A file of the documentation that is made by a test, or the part of it between two marks. */
export function expectWritten(path: string, text: string, mark?: string): void {
  const file = new URL(`../../docs/${path}`, import.meta.url)
  const there = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const whole = mark === undefined ? text : withPart(there, mark, text)
  if (isWriting) writeFileSync(file, whole)
  else expect(there, `docs/${path} is not what the server does: npm run docs:errors`).toBe(whole)
}

function withPart(file: string, mark: string, part: string): string {
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const [before, after] = [file.indexOf(begin), file.indexOf(end)]
  if (before < 0 || after < 0) throw new Error(`the marks of ${mark} are gone`)
  return `${file.slice(0, before + begin.length)}\n\n${part}\n\n${file.slice(after)}`
}
