import type { CallFrame, CpuProfile } from './inspector.ts'

/** Whose work a frame is. The first that matches; what matches none is its caller's (sockets, streams, timers, events). */
const OWNERS: readonly (readonly [RegExp, string])[] = [
  [/node_modules\/undici\//, 'undici'],
  [
    /node_modules\/(pg|pg-protocol|pg-pool|pg-types|postgres-\w+|pgpass|kysely|@electric-sql)\//,
    'database: driver, Kysely',
  ],
  [
    /\/server\/src\/(entitlements|platform\/(db|postgres|pglite))|\/packages\/core\//,
    'database: admission, settlement',
  ],
  [/node_modules\/prom-client\/|\/platform\/metrics/, 'metrics'],
  [/\/dialect\/src\/(outline|splice|thinking)|\/gateway\/(classify|recognise)/, 'request: outline, classify, splice'],
  [/\/dialect\/src\/request\//, 'request: translation'],
  [/\/dialect\/src\/(stream|sse|response|usage|latin1|json|field|stop-reason)/, 'answer: relay, translation'],
  [/\/gateway\/attempt/, 'answer: relay, translation'],
  [/\/server\/src\/|\/apps\/|\/packages\//, 'gateway: the rest'],
  [/node:_http_server|node:_http_outgoing|node:_http_incoming|node:_http_common|node:internal\/http/, 'node:http'],
]
const ALONE: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native: event loop, system calls'],
  ['(idle)', 'idle'],
])
const NOBODY = 'Node: sockets, streams, timers'

interface Entry {
  us: number
  readonly owner: string
  readonly label: string
}

/** Self time by owner and by function, as shares of the time that was not idle. */
export function sharesOf(profile: CpuProfile, calls: number, top: number): string {
  const byFunction = new Map<string, Entry>()
  const byOwner = new Map<string, number>()
  const self = selfTimes(profile)
  const owners = ownersOf(profile)
  let busy = 0
  for (const { id, callFrame } of profile.nodes) {
    const us = self.get(id) ?? 0
    const owner = owners.get(id) ?? NOBODY
    if (us === 0 || owner === 'idle') continue
    busy += us
    byOwner.set(owner, (byOwner.get(owner) ?? 0) + us)
    const label = labelOf(callFrame)
    const entry = byFunction.get(`${owner} ${label}`) ?? { us: 0, owner, label }
    entry.us += us
    byFunction.set(`${owner} ${label}`, entry)
  }
  const share = (us: number): string => `${((us / busy) * 100).toFixed(1)} % | ${(us / calls).toFixed(1)}`
  const owned = [...byOwner].toSorted((a, b) => b[1] - a[1]).map(([owner, us]) => `| ${owner} | ${share(us)} |`)
  const functions = [...byFunction.values()]
    .toSorted((a, b) => b.us - a.us)
    .slice(0, top)
    .map(({ us, owner, label }) => `| ${label} | ${owner} | ${share(us)} |`)
  return [
    `${(busy / calls).toFixed(0)} us of the main thread for each call\n`,
    '| whose work | share | us/call |\n|---|---:|---:|',
    ...owned,
    '\n| function (self time) | whose work | share | us/call |\n|---|---|---:|---:|',
    ...functions,
    '',
  ].join('\n')
}

function selfTimes({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> {
  const self = new Map<number, number>()
  // A delta is the time before its sample; the sample is what ran until the next one.
  for (const [i, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[i + 1] ?? 0))
  return self
}

function ownersOf({ nodes }: CpuProfile): ReadonlyMap<number, string> {
  const owners = new Map<number, string>()
  const frames = new Map(nodes.map((node) => [node.id, node]))
  const waiting: { id: number; above: string }[] = nodes[0] ? [{ id: nodes[0].id, above: NOBODY }] : []
  for (const { id, above } of waiting) {
    const node = frames.get(id)
    if (!node) continue
    const owner = ownerOf(node.callFrame) ?? above
    owners.set(id, owner)
    for (const child of node.children ?? []) waiting.push({ id: child, above: owner })
  }
  return owners
}

function ownerOf({ functionName, url }: CallFrame): string | undefined {
  return ALONE.get(functionName) ?? OWNERS.find(([pattern]) => pattern.test(url))?.[1]
}

function labelOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return `${name} (native)`
  const place = url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/(apps|packages)\//, '$1/')
  return `${name} ${place}:${lineNumber + 1}`
}
