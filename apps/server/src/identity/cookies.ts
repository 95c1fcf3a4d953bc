import type { IncomingHttpHeaders } from 'node:http'

/** The first cookie of a name; one that cannot be read is none. */
export function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const part of headers.cookie?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim())
  }
  return undefined
}

/** A cookie that no script reads and no foreign form sends along. Without seconds it is taken away. */
export function cookieText(
  name: string,
  value: string,
  { seconds = 0, path = '/', secure }: { readonly seconds?: number; readonly path?: string; readonly secure: boolean },
): string {
  return `${name}=${encodeURIComponent(value)}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
