import { homedir } from 'node:os'

import { run } from './run.ts'
import type { World } from './world.ts'

const { stdin, stdout, stderr, env } = process

const world: World = {
  platform: process.platform,
  env,
  home: env['HOME'] || env['USERPROFILE'] || homedir(),
  cwd: process.cwd(),
  script: process.argv[1] ?? '',
  now: Date.now,
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  colour: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  columns: stdout.columns ?? 80,
  input: async () => {
    if (stdin.isTTY) return ''
    const chunks: Buffer[] = []
    for await (const chunk of stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  },
  ask:
    stdin.isTTY && stdout.isTTY
      ? {
          line: async (question) => (await import('./terminal.ts')).askLine(stdin, stdout, question),
          hidden: async (question) => (await import('./terminal.ts')).askHidden(stdin, stdout, question),
        }
      : undefined,
}

// A reader that goes away early (`codeplan usage | head`) is no fault.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await run(world, process.argv.slice(2))
