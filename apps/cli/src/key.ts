import type { Text } from './world.ts'

const SHAPE = /^[0-9a-f]{32}\.[0-9A-Za-z]{16}$/

export const looksLikeKey = (key: string): boolean => SHAPE.test(key)

export const keyForm: Text = {
  en: 'a key of the plan is 32 hexadecimal digits, a dot, and 16 letters or digits; copy it again from the console, whole',
  zh: '套餐 Key 由 32 位十六进制字符、一个点和 16 位字母或数字组成，请从控制台重新完整复制',
}

const PLAN_KEY = /\b([0-9a-f]{4})[0-9a-f]{28}\.[0-9A-Za-z]{12}([0-9A-Za-z]{4})\b/g
const NAMED = /((?:key|token|authorization|secret)["']?\s*[:=]\s*["']?(?:Bearer )?)([^\s"',}]{12,})/gi

const masked = (secret: string): string => `${secret.slice(0, 4)}…${secret.slice(-4)}`

/** No secret is shown, neither ours nor one that stood in the file before. */
export function maskKeys(text: string, ...secrets: readonly string[]): string {
  const known = secrets.reduce(
    (said, secret) => (secret.length < 8 ? said : said.replaceAll(secret, masked(secret))),
    text,
  )
  return known
    .replace(PLAN_KEY, '$1…$2')
    .replace(NAMED, (all, name: string, secret: string) => (isNoSecret(secret) ? all : name + masked(secret)))
}

/** Already hidden, or the name of a variable. */
const isNoSecret = (text: string): boolean => text.includes('…') || /^\$?\{?[A-Z][A-Z0-9_]*\}?$/.test(text)
