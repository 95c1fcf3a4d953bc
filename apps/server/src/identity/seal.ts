import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Encrypts small secrets at rest with the operator key (AES-256-GCM; nonce and tag travel with the text). */
export interface Seal {
  close(secret: string): string
  /** Undefined for what another operator key has sealed, or somebody has changed. */
  open(sealed: string): string | undefined
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
export const OPERATOR_KEY_BYTES = 32

export function makeSeal(operatorKey: Buffer): Seal {
  if (operatorKey.length !== OPERATOR_KEY_BYTES)
    throw new Error(`the operator key must have ${OPERATOR_KEY_BYTES} bytes`)
  return {
    close: (secret) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', operatorKey, nonce)
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', operatorKey, bytes.subarray(0, NONCE_BYTES))
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        const text = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]
        return Buffer.concat(text).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
