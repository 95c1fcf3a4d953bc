const CONTEXT = 3
/** Above this many cells the lines between are shown as taken out and put in, not compared. */
const CELLS_MAX = 4_000_000

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** A unified difference, with line numbers; empty when nothing differs. */
export function unifiedDiff(name: string, before: string | undefined, after: string): readonly string[] {
  const lines = compare(split(before ?? ''), split(after))
  const changed = lines.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]))
  if (changed.length === 0) return []
  const out = [`--- ${before === undefined ? '/dev/null' : name}`, `+++ ${name}`]
  let [old, now, at] = [1, 1, 0]
  const pass = (to: number): void => {
    for (; at < to; at++) {
      if (lines[at]?.sign !== '+') old++
      if (lines[at]?.sign !== '-') now++
    }
  }
  for (let n = 0; n < changed.length;) {
    const first = Math.max(0, (changed[n] ?? 0) - CONTEXT)
    let end = (changed[n] ?? 0) + 1 + CONTEXT
    while (++n < changed.length && (changed[n] ?? 0) - CONTEXT <= end) end = (changed[n] ?? 0) + 1 + CONTEXT
    const hunk = lines.slice(first, end)
    pass(first)
    const count = (sign: '-' | '+'): number => hunk.filter((line) => line.sign !== sign).length
    out.push(`@@ -${count('+') === 0 ? 0 : old},${count('+')} +${now},${count('-')} @@`)
    out.push(...hunk.map(({ sign, text }) => sign + text))
    pass(Math.min(end, lines.length))
  }
  return out
}

/** Line ends are no part of a line here: files keep theirs. */
const split = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const keep = (text: string): Line => ({ sign: ' ', text })
  return [
    ...a.slice(0, head).map(keep),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(keep),
  ]
}

/** Longest common subsequence. */
function middle(a: readonly string[], b: readonly string[]): readonly Line[] {
  const out = (text: string): Line => ({ sign: '-', text })
  const put = (text: string): Line => ({ sign: '+', text })
  if (a.length * b.length > CELLS_MAX) return [...a.map(out), ...b.map(put)]
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i++] ?? '' })
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(out(a[i++] ?? ''))
    else lines.push(put(b[j++] ?? ''))
  }
  return lines
}

const COLOURS = { '-': '\u001B[31m', '+': '\u001B[32m', '@': '\u001B[36m' } as const

export const coloured = (line: string): string => {
  const colour = COLOURS[line[0] as keyof typeof COLOURS]
  return colour === undefined ? line : `${colour}${line}\u001B[39m`
}
