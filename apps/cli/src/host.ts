import { EXIT, Stop } from './world.ts'

/** The host that somebody typed: a base URL of a tool means the same server. */
export function hostOf(typed: string): string {
  const text = typed.trim().replace(/\/+$/, '')
  const url = tryUrl(text)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Stop(EXIT.wrongUse, {
      en: `"${typed}" is no address of a server: write it like https://plan.example.com`,
      zh: `"${typed}" 不是服务器地址，请写成 https://plan.example.com 的形式`,
    })
  const path = url.pathname.replace(/\/(api\/.*|v1)$/, '').replace(/\/$/, '')
  return url.origin + path
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** A key sent without encryption to another machine can be read on the way. */
export const isInTheClear = (host: string): boolean => {
  const { protocol, hostname } = new URL(host)
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
