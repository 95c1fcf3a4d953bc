import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

import type { Instant } from '@codeplan/core'

/** Time-based one-time passwords (RFC 6238) as all authenticators know them: SHA-1, six digits, 30 s. */
const STEP_MS = 30_000
const DIGITS = 6
/** A phone's clock may be wrong by so many steps. */
const DRIFT_STEPS = 1
const SECRET_BYTES = 20
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The secret as people type it: Base32. */
export const makeTotpSecret = (): string => base32(randomBytes(SECRET_BYTES))

export function totpUri(secret: string, issuer: string, email: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP_MS / 1000}`
}

export function totpAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (mac.at(-1) as number) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The time step that a code belongs to, if it is right and later than the last that was taken. */
export function stepOfCode(secret: string, code: string, lastStep: number, now: Instant): number | undefined {
  const current = Math.floor(now / STEP_MS)
  let found: number | undefined
  for (let step = current - DRIFT_STEPS; step <= current + DRIFT_STEPS; step++) {
    if (step > lastStep && same(totpAt(secret, step), code)) found = step
  }
  return found
}

const RECOVERY_CODES = 10
/** 60 bits: a plain hash is enough. */
const RECOVERY_LENGTH = 12

export const makeRecoveryCodes = (): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: RECOVERY_LENGTH }, () => BASE32[randomInt(32)]).join(''),
  )

export const hashRecoveryCode = (code: string): string => hash('sha256', code.toUpperCase(), 'hex')

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

function base32(bytes: Buffer): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
