import { isScalar, parseDocument } from 'yaml'

/** The same file with another `sale.limited`, everything else left as it is; undefined when it does not say it. */
export function withLimit(source: string, limited: boolean): string | undefined {
  const node = parseDocument(source).getIn(['sale', 'limited'], true)
  if (!isScalar(node) || !node.range) return undefined
  const [from, to] = node.range
  return source.slice(0, from) + String(limited) + source.slice(to)
}
