import type { IncomingHttpHeaders } from 'node:http'

/** Where a request comes from. `hops` proxies in front of us are believed: the last one wrote the last entry of the header, and so on. */
export function clientAddress(
  headers: IncomingHttpHeaders,
  socket: { readonly remoteAddress?: string | undefined },
  hops: number,
): string {
  const own = plain(socket.remoteAddress ?? '')
  const forwarded = headers['x-forwarded-for']
  if (hops === 0 || forwarded === undefined) return own
  const list = String(forwarded).split(',')
  // Whoever sends fewer entries than there are proxies did not come through them all: the first is as good as any.
  return plain((list[Math.max(0, list.length - hops)] ?? '').trim()) || own
}

/** An IPv4 address in its IPv6 form is the IPv4 address. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

/** Who has one IPv6 address has 2⁶⁴ of them. */
export const networkOf = (address: string): string =>
  address.includes(':') ? address.split(':').slice(0, 4).join(':') : address
