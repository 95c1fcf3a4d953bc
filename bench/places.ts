import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const BENCH = import.meta.dirname
export const ROOT = resolve(BENCH, '..')
export const HARNESS = join(BENCH, 'harness')
export const RESULTS = join(BENCH, 'results')
export const SERVER = join(ROOT, 'apps/server/bin/codeplan-server.js')

/** Peers are other people's packages: they are installed outside the checkout, once. */
export const CACHE =
  process.env.CODEPLAN_BENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'codeplan-bench')
