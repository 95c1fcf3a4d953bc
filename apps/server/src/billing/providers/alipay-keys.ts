import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** What an operator has of a key, however it was copied: PEM, with or without its first and last line, on one line or many. */
const derOf = (text: string): Buffer => Buffer.from(text.replaceAll(/-----[A-Z ]+-----|\\n|\s/g, ''), 'base64')

function read(of: () => KeyObject): KeyObject | undefined {
  try {
    return of()
  } catch {
    return undefined
  }
}

/** PKCS#8 as PEM; the console of Alipay gives either form without saying which. */
export function privatePem(text: string): string | undefined {
  const key = derOf(text)
  const found =
    read(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    read(() => createPrivateKey({ key, format: 'der', type: 'pkcs1' }))
  return found?.export({ format: 'pem', type: 'pkcs8' }).toString().trim()
}

export const publicPem = (text: string): string | undefined =>
  read(() => createPublicKey({ key: derOf(text), format: 'der', type: 'spki' }))
    ?.export({ format: 'pem', type: 'spki' })
    .toString()
    .trim()
