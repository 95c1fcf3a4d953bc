import { createServer, type AddressInfo } from 'node:net'

import { Cure } from './options.ts'

const STEP = 20
const TRIES = 40

/** A loopback port that nobody uses. */
export async function freePort(): Promise<number> {
  return (await listenOn(0)) as number
}

/** The first of `count` neighbouring ports that are free, from `wish` on: two benches may run beside each other. */
export async function freePorts(wish: number, count: number): Promise<number> {
  for (let first = wish; first < wish + TRIES * STEP; first += STEP) {
    const taken: (number | undefined)[] = []
    for (let port = first; port < first + count; port++) taken.push(await listenOn(port))
    if (!taken.includes(undefined)) return first
  }
  throw new Cure(`no ${count} free ports from ${wish} on: stop what listens there`)
}

function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo
      server.close(() => resolve(address.port))
    })
  })
}
