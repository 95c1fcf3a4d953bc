import { readFileSync } from 'node:fs'

import type { Gateway } from './gateway.ts'
import { failuresOf, WORK, type Loader } from './load.ts'
import type { Report } from './report.ts'
import { sleep } from './processes.ts'

const ROUNDS = 5
/** 20,000 calls of the kinds that hold memory in different ways: small answers, streams, large bodies. */
const ROUND: readonly (readonly [string, number])[] = [
  ['a', 12_000],
  ['b', 6_000],
  ['c', 1_000],
  ['d', 1_000],
]
const SAMPLE_EVERY_MS = 250
/** After a round everything is settled and what is garbage may go. */
const REST_MS = 3_000
/** A server that keeps a kilobyte of each call would grow by 80 MB between the rounds that are compared. */
const GROWTH_MAX = 0.15

/** 100,000 calls in bounded concurrency. Flat: at rest after all of them, as after the first 20,000. */
export async function measureMemory(gateway: Gateway, loader: Loader, say: (text: string) => void): Promise<Report> {
  const rests: number[] = []
  let peak = 0
  let failed = 0
  let calls = 0
  const sampler = setInterval(() => {
    peak = Math.max(peak, rssMb(gateway.pid))
  }, SAMPLE_EVERY_MS)
  try {
    say(`| calls | RSS at rest MB | peak MB | heap used MB | failed |\n|---:|---:|---:|---:|---:|\n`)
    say(`| 0 | ${rssMb(gateway.pid).toFixed(0)} | | ${(await heapMb(gateway)).toFixed(0)} | |\n`)
    for (let round = 0; round < ROUNDS; round++) {
      for (const [key, count] of ROUND) {
        const work = WORK[key]
        if (!work) throw new Error(`no work ${key}`)
        const result = await loader.run(gateway, work, { calls: count })
        failed += failuresOf(result)
        calls += result.completed
      }
      await sleep(REST_MS)
      const rest = rssMb(gateway.pid)
      rests.push(rest)
      const heap = (await heapMb(gateway)).toFixed(0)
      say(`| ${calls} | ${rest.toFixed(0)} | ${peak.toFixed(0)} | ${heap} | ${failed} |\n`)
    }
  } finally {
    clearInterval(sampler)
  }
  const [first = 0, last = 0] = [rests[0], rests.at(-1)]
  const growth = last / first - 1
  const flat = growth <= GROWTH_MAX
  const verdict = `${flat ? 'flat' : 'NOT FLAT'}: ${(growth * 100).toFixed(1)} % from ${first.toFixed(0)} MB after the first round to ${last.toFixed(0)} MB after the last (at most ${GROWTH_MAX * 100} %)`
  return { text: `\n${verdict}${failed > 0 ? `\nNOT OK: ${failed} calls failed` : ''}\n`, ok: flat && failed === 0 }
}

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

async function heapMb(gateway: Gateway): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN) / 1_048_576
}
