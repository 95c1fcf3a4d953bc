import { hash, verify } from '@node-rs/argon2'

/** OWASP's figures for Argon2id: 19 MiB, two passes. About 25 ms of one core. */
const STRENGTH = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** Hashing shares the cores with coding traffic: so many at once, so many that wait. */
const AT_ONCE_MAX = 2
const WAITING_MAX = 100
/** Of no password: checked when there is none, so that the time of an answer says nothing. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$Y29kZXBsYW4tbm9ib2R5cw$W1HN6XPMvdNTuQGU7J0Jzfz3SsXhKX2n0W5YxPyZ8pA'

export interface Passwords {
  /** Undefined: too many are being hashed. */
  hash(password: string): Promise<string | undefined>
  isRight(hashed: string | null | undefined, password: string): Promise<boolean | undefined>
}

export function makePasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  const inTurn = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) return undefined
      await new Promise<void>((turn) => waiting.push(turn))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), STRENGTH)),
    isRight: (hashed, password) =>
      inTurn(async () => (await verify(hashed ?? NOBODYS, password.normalize('NFKC'))) && Boolean(hashed)),
  }
}
