import { readFileSync } from 'node:fs'

/** Linux counts it in hundredths of a second. */
const TICK_MS = 10
const AFTER_NAME = /^.*\) /s
const UTIME = 11
const STIME = 12

/** What a process has computed so far; 0 when it is gone, or where there is no `/proc`. What others do on the machine is not in it. */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(AFTER_NAME, '').split(' ')
    return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS
  } catch {
    return 0
  }
}
