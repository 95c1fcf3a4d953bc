import pino, { type Logger } from 'pino'

export type Log = Logger

/** JSON lines on standard error: standard output belongs to what a command answers. Bodies and keys are never logged. */
export function makeLog(level: string): Log {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }))
}
