import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { readConfig, type Config } from '../config.ts'
import { checkSource } from './catalog.ts'
import { runCommand, wrong, type Answer, type Args, type Command } from './command.ts'
import { handOver, isServed } from './control.ts'
import { COMMANDS, findCommand } from './list.ts'
import { openWhenFree } from './open.ts'
import { recomputeFile } from './recompute.ts'
import { start } from './start.ts'

export interface Terminal {
  out(text: string): void
  err(text: string): void
}

/** Works off one line of `codeplan-server …` and answers the exit code: 0 done, 1 refused or failed, 2 misused. */
export async function run(line: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  if (line.length === 0 || line[0] === 'help' || line.includes('--help')) {
    terminal.out(help())
    return line.length === 0 ? 2 : 0
  }
  const { config, faults } = readConfig(env)
  for (const fault of faults) terminal.err(`${fault.name}: ${fault.cure}\n`)
  if (faults.length > 0) return 1
  if (line[0] === 'start') return startServer(config, terminal)
  const found = findCommand(line)
  if (!found) {
    terminal.err(`no command "${line.join(' ')}"\n\n${help()}`)
    return 2
  }
  const args = readArgs(found.command, found.rest, config)
  if (typeof args === 'string') {
    terminal.err(`${args}\nusage: codeplan-server ${found.command.name} ${found.command.usage}\n`)
    return 2
  }
  // A command beside a server must not mix its log lines into its answer.
  const result = await perform({ ...config, logLevel: env.LOG_LEVEL ?? 'warn' }, found.command, args)
  return print(result, args.options.json === true, found.command, terminal)
}

/** A command that has the folder open is soon done, and a server that stops mostly: this long a start waits. */
const START_HELD_MS_MAX = 10_000

async function startServer(config: Config, terminal: Terminal): Promise<number> {
  let told = false
  const opened = await openWhenFree(config, START_HELD_MS_MAX, async () => {
    if (await isServed(config.dataFolder)) return 'server'
    if (!told) {
      terminal.err(
        `${config.dataFolder}: a command or a stopping server has it open; waiting up to ${START_HELD_MS_MAX / 1000} s for its end\n`,
      )
    }
    told = true
  })
  if (!opened.ok) {
    const inUse = `${config.dataFolder}: another server uses this folder; stop it, or set CODEPLAN_DATA`
    terminal.err(`${opened.no.kind === 'words' ? opened.no.lines.join('\n') : inUse}\n`)
    return 1
  }
  try {
    await start(opened.value, terminal.out)
    return 0
  } catch (error) {
    const { code } = error as { code?: string }
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EADDRINUSE' ? 'is in use' : 'may not be opened by this user'
    terminal.err(`PORT: port ${config.port} of ${config.host} ${why}; stop what uses it, or set PORT to another\n`)
    await opened.value.close()
    // The sandbox and the jobs of the attempt would keep the process.
    process.exit(1)
  }
}

/** A server that is just starting or stopping holds the folder without answering: this long a command waits for it. */
const HELD_MS_MAX = 20_000

async function perform(config: Config, command: Command, args: Args): Promise<Answer> {
  if (command.name === 'catalog check') return checkSource(args.input ?? '')
  if (command.name === 'recompute') return recomputeFile(args.input ?? '')
  const handed = { command: command.name, args }
  const opened = await openWhenFree(config, HELD_MS_MAX, () => handOver(config.dataFolder, handed))
  if (!opened.ok) {
    if (opened.no.kind === 'beside') return opened.no.found
    const held = `${config.dataFolder}: another process has the database open, but does not answer`
    return wrong(opened.no.kind === 'locked' ? held : opened.no.lines.join('\n'))
  }
  try {
    return await runCommand(opened.value, command, args)
  } finally {
    await opened.value.close()
  }
}

function readArgs(command: Command, rest: readonly string[], config: Config): Args | string {
  const options: Record<string, { type: 'string' | 'boolean' }> = { json: { type: 'boolean' } }
  for (const [name, type] of Object.entries(command.options ?? {})) options[name] = { type }
  try {
    // A word that begins with a minus would be taken for an option, but an amount may be negative.
    const shielded = rest.map((word) => (/^-\d/.test(word) ? ` ${word}` : word))
    const parsed = parseArgs({ args: shielded, options, allowPositionals: true })
    const { values } = parsed
    const positionals = parsed.positionals.map((word) => word.trim())
    const { min, max } = command.words
    if (positionals.length < min) return 'something is missing'
    if (positionals.length > max) return `what is "${positionals.slice(max).join(' ')}"?`
    const file = command.inputFile?.({ words: positionals }, config)
    const input = file === undefined ? undefined : readFileSync(file, 'utf8')
    return { words: positionals, options: values as Args['options'], input }
  } catch (error) {
    return (error as Error).message
  }
}

function print(result: Answer, json: boolean, command: Command, terminal: Terminal): number {
  if (!result.ok) {
    if (json) terminal.out(`${JSON.stringify({ error: result.why })}\n`)
    else terminal.err(`${result.why}\n`)
    return 1
  }
  terminal.out(json ? `${JSON.stringify(result.data)}\n` : `${result.text}\n`)
  // Scripts ask the doctor by its exit code.
  return command.name === 'doctor' && !(result.data as { ok: boolean }).ok ? 1 : 0
}

function help(): string {
  const lines = COMMANDS.map((c) => `  ${`${c.name} ${c.usage}`.padEnd(58)} ${c.does}`)
  return [
    'codeplan-server: runs and looks after a Codeplan server. Every command has --json.',
    '',
    `  ${'start'.padEnd(58)} runs the server`,
    ...lines,
    '',
    'Environment: PORT (8787), HOST (127.0.0.1), CODEPLAN_DATA (./data), CODEPLAN_CATALOG (./catalog.yaml), DATABASE_URL,',
    'LOG_LEVEL (info), CODEPLAN_OPERATOR_KEY (64 hex digits, for several nodes), CODEPLAN_SANDBOX (1: the clock may be moved),',
    'PUBLIC_URL (http://127.0.0.1:<port>; where people reach the server), SMTP_URL and MAIL_FROM (letters).',
    '',
  ].join('\n')
}
