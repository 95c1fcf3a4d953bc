import { test } from 'vitest'
import { testDatabaseUrl } from '../house/house.ts'
import { openMarket } from './market.ts'
import { sendBuyers } from './send-buyers.ts'
import { readFileSync } from 'node:fs'
const cpu = (pid: number) => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(f[11]) + Number(f[12])) * 10
}
test('profile', async () => {
  const market = await openMarket(testDatabaseUrl ?? '', 20000, 200)
  const opensAtMs = Date.now() + 6000
  await market.openAt(opensAtMs)
  const before = market.nodes.map((n) => cpu(n.child.pid!))
  const heard = await sendBuyers({
    urls: market.nodes.map((n) => n.url),
    buyers: 20000,
    plans: ['lite', 'pro', 'max'],
    opensAtMs,
    overMs: 10000,
  })
  console.error(
    JSON.stringify({ ...heard, orders: 0 }),
    'cpu ms of nodes',
    market.nodes.map((n, i) => cpu(n.child.pid!) - before[i]!),
  )
  await market.close()
}, 300000)
