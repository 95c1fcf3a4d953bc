import { run } from './commands/run.ts'

// The one place that knows the process: its arguments, its environment, its streams, its exit.
const code = await run(process.argv.slice(2), process.env, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
process.exitCode = code
