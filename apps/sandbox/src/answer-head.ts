import { createHash } from 'node:crypto'

export interface AnswerHead {
  readonly id: string
  readonly model: string
  /** Seconds since 1970. */
  readonly created: number
}

/** Ids look random and are the same in every run with the same seed. */
export function answerHead(seed: number, order: number, model: string, nowMs: number): AnswerHead {
  const id = createHash('sha256').update(`${seed}/${order}`).digest('hex').slice(0, 24)
  return { id, model, created: Math.floor(nowMs / 1000) }
}

export function callId(head: AnswerHead, index: number): string {
  return `call_${createHash('sha256').update(`${head.id}/${index}`).digest('hex').slice(0, 24)}`
}
