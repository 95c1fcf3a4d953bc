import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { until } from './until.ts'

export const BIN = fileURLToPath(new URL('../../apps/server/bin/codeplan-server.js', import.meta.url))
const START_MS_MAX = 60_000

export interface ServerProcess {
  readonly child: ChildProcess
  readonly url: string
  output(): string
  /** The exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>
  kill(signal: NodeJS.Signals): void
}

/** Starts a real server and waits until it says that it is ready. */
export async function startServer(
  env: Readonly<Record<string, string>>,
  hear: (text: string) => void = () => undefined,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [BIN, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
      hear(text)
    })
  }
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  const url = await until(
    'the server is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`)
      return /ANTHROPIC_BASE_URL=(\S+)\/api\/anthropic/.exec(output)?.[1]
    },
    START_MS_MAX,
  )
  return { child, url, output: () => output, exited, kill: (signal) => void child.kill(signal) }
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs one command of the operator in a process of its own. */
export function runCommand(env: Readonly<Record<string, string>>, ...line: string[]): Promise<Ran> {
  return runNode(process.execPath, env, ...line)
}

export function runNode(node: string, env: Readonly<Record<string, string>>, ...line: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [BIN, ...line], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}
