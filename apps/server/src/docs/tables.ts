/** Text from the catalog inside a table or a sentence of Markdown: nothing in it is taken for markup. */
export const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`)

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
