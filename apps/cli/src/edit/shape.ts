/** How a file is written, so that what is added looks like the rest. */
export interface Shape {
  readonly bom: string
  readonly eol: '\n' | '\r\n'
  readonly indent: string
  /** The text without its byte order mark. */
  readonly body: string
}

const BOM = '\uFEFF'

export function shapeOf(text: string): Shape {
  const bom = text.startsWith(BOM) ? BOM : ''
  return {
    bom,
    eol: /\r\n/.test(text) ? '\r\n' : '\n',
    indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
    body: text.slice(bom.length),
  }
}
