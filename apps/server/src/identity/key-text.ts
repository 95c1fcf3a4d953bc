import { hash, randomBytes, randomInt } from 'node:crypto'

/** `<handle>.<secret>`: 32 lower-case hex, one dot, 16 alphanumerics (wire contract §4). */
const KEY_SHAPE = /^[0-9a-f]{32}\.[0-9A-Za-z]{16}$/
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_LENGTH = 16

export interface KeyText {
  readonly handle: string
  readonly secret: string
  readonly text: string
}

export function makeKeyText(): KeyText {
  const handle = randomBytes(16).toString('hex')
  for (;;) {
    let secret = ''
    for (let i = 0; i < SECRET_LENGTH; i++) secret += ALPHABET[randomInt(ALPHABET.length)]
    // The published vision server takes a key that contains either word for an unreplaced placeholder and refuses it.
    if (!/api|key/i.test(secret)) return { handle, secret, text: `${handle}.${secret}` }
  }
}

export const looksLikeKey = (text: string): boolean => KEY_SHAPE.test(text)

/** The key has 95 random bits of its own, so a plain hash is enough: there is no dictionary to try. */
export const hashKey = (text: string): Buffer => hash('sha256', text, 'buffer')
