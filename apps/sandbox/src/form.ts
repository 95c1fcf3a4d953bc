import type { IncomingMessage } from 'node:http'

export type Form = { [name: string]: string | Form }

/** A form whose names nest, as Stripe's are: `a[b][0]=c`. */
export function nested(form: URLSearchParams): Form {
  const root: Form = {}
  for (const [name, value] of form) {
    const path = name.replaceAll(']', '').split('[')
    const last = path.pop() as string
    let at = root
    for (const part of path) {
      const inner = at[part]
      at = typeof inner === 'object' ? inner : (at[part] = {})
    }
    at[last] = value
  }
  return root
}

const BODY_MAX = 65_536

export async function readBody(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length
    if (size > BODY_MAX) throw new Error('too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
