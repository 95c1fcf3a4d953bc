import { simulate } from './simulate.ts'

// `npm run simulate [events] [seed]`: the long run. It prints its seed first, so that a failure can be repeated.
const EVENTS = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? Math.floor(performance.timeOrigin) % 1_000_000_007)
process.stdout.write(`seed ${seed}, ${EVENTS} events\n`)
const CHUNKS = 20
for (let i = 0; i < CHUNKS; i++) {
  const result = simulate(seed + i, Math.ceil(EVENTS / CHUNKS))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
process.stdout.write('all books agreed after every event\n')
