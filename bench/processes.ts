import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const LAST_WORDS_MAX = 2_000
const POLL_MS = 50

export interface StartOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Shows what it writes as it comes. */
  readonly shown?: boolean
  readonly stopSignal?: NodeJS.Signals
  /** After this it is killed, with everything that it has started. */
  readonly patienceMs: number
  /** Sees each piece of its output. */
  readonly heard?: (text: string) => void
}

export interface Started {
  readonly pid: number
  readonly ended: Promise<number>
  readonly running: () => boolean
  readonly lastWords: () => string
  readonly stop: () => Promise<void>
}

/**
 * Starts a process that the stack stops again. It gets a process group of its own: a Ctrl-C of the terminal reaches us
 * alone, and we stop everything in the right order.
 */
export function start(stack: AsyncDisposableStack, options: StartOptions): Started {
  // Work that goes on for a moment after Ctrl-C must not start anything that nobody stops.
  if (stack.disposed) throw new Error('stopping')
  const { command, args, env, cwd, shown } = options
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8')
    from.on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS_MAX)
      options.heard?.(text)
      if (shown) to.write(text)
    })
  }
  let running = true
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      words += error.message
      running = false
      resolve(127)
    })
    child.once('close', (code) => {
      running = false
      resolve(code ?? 128)
    })
  })
  const started: Started = {
    pid: child.pid ?? 0,
    ended,
    running: () => running,
    lastWords: () => words.trim(),
    stop: () => stop(started, options),
  }
  stack.defer(started.stop)
  return started
}

async function stop({ pid, ended, running }: Started, options: StartOptions): Promise<void> {
  if (!running() || pid === 0) return
  signal(pid, options.stopSignal ?? 'SIGTERM')
  if (await within(ended, options.patienceMs)) return
  for (const one of treeOf(pid)) signal(one, 'SIGKILL')
  await ended
}

async function within(ended: Promise<number>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const inTime = await Promise.race([ended.then(() => true), late])
  clearTimeout(timer)
  return inTime
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

/** `{ port: 1, header: ['a', 'b'] }` → `--port 1 --header a --header b`; what is undefined is left out. */
export function flags(named: Readonly<Record<string, string | number | readonly string[] | undefined>>): string[] {
  return Object.entries(named).flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'object' ? value : [String(value)]
    return values.flatMap((one) => [`--${name}`, one])
  })
}

/** A process and everything that it has started, by /proc. */
function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // Gone meanwhile.
    }
  }
  const found = [root]
  for (const pid of found) found.push(...(children.get(pid) ?? []))
  return found
}

/** Asks again and again until the answer is yes; says the last words of the process when it ends or takes too long. */
export async function until(
  what: string,
  started: Started,
  ask: () => Promise<boolean>,
  msMax = 30_000,
): Promise<void> {
  for (const end = Date.now() + msMax; ;) {
    if (await ask().catch(() => false)) return
    if (!started.running()) throw new Error(`${what} ended: ${started.lastWords()}`)
    if (Date.now() > end) throw new Error(`${what} is not ready after ${msMax / 1000} s: ${started.lastWords()}`)
    await sleep(POLL_MS)
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const execute = promisify(execFile)
