import type { IncomingMessage } from 'node:http'

/**
 * Set-ups of the older form put the key into the address (`?Authorization=<key>`). It moves to the header, where it is looked for,
 * and away from the address, which logs show.
 */
export function keyFromQuery(req: IncomingMessage): void {
  const [path = '', query] = (req.url ?? '').split('?', 2)
  if (query === undefined) return
  const rest = new URLSearchParams(query)
  for (const name of new Set(rest.keys())) {
    if (name.toLowerCase() !== 'authorization') continue
    // A plus in an address means a space; a key has none.
    req.headers.authorization ??= rest.get(name) ?? ''
    rest.delete(name)
  }
  req.url = rest.size > 0 ? `${path}?${rest}` : path
}
