import { instant } from '@codeplan/core'
import { expect, test } from 'vitest'

import { compileCatalog, readCatalog, type Catalog } from '../catalog/index.ts'
import { catalogSource } from '../../../../test/house/house.ts'
import { makeDice, newSeed } from '../../../../test/house/dice.ts'
import type { RouteHealth } from './route-health.ts'
import { ModelPlaces, type NoRoute, type Seeker } from './model-places.ts'

const TIERS = [
  ['lite', 1],
  ['pro', 2],
  ['max', 4],
] as const
const WAIT_MS_MAX = 20_000

const routes = (text: string) => (source: string) =>
  source.replace('routes: [{ upstream: sandbox-openai, model: glm-4.7 }]', `routes: [${text}]`)
const TWO_OF_FIVE = routes(
  '{ upstream: sandbox-openai, model: a, concurrency: 5 }, { upstream: sandbox-anthropic, model: b, concurrency: 5 }',
)

function catalogOf(change: (source: string) => string, version = 1): Catalog {
  const read = readCatalog(change(catalogSource))
  if (!read.ok) throw new Error(JSON.stringify(read.no))
  return compileCatalog(read.value, { version, source: '', appliedAt: instant(0) })
}

function openPlaces(change: (source: string) => string) {
  const { models, routing } = catalogOf(change)
  const model = models.get('glm-4.7')
  if (!model) throw new Error('the model is missing')
  return new ModelPlaces(model, routing, () => [''], instant(0))
}

const seekerOf = (tier: string, weight: number, caller: string): Seeker => ({
  session: caller,
  tier,
  weight,
  caller,
  failedRoutes: [],
  failedUpstreams: [],
})
const running = (places: ModelPlaces): number => places.routes.reduce((sum, route) => sum + route.running, 0)

test('F71 F72: 10,000 calls that are answered, fail over, leave, come too late or are turned away leave no place taken', async () => {
  const dice = makeDice(newSeed())
  const places = openPlaces((source) => TWO_OF_FIVE(source).replace('waiting_max: 200', 'waiting_max: 20'))
  let now = instant(1_000)
  const inside = new Map<number, { seeker: Seeker; state: RouteHealth }>()
  const leaves = new Map<number, () => void>()
  const ended: Record<string, number> = {}
  const end = (how: string): void => {
    ended[how] = (ended[how] ?? 0) + 1
  }
  const arrive = async (n: number, seeker: Seeker): Promise<void> => {
    const taken = places.take(seeker, now)
    let found: RouteHealth | NoRoute | 'wait' = taken
    if (taken === 'wait') {
      found = await places.wait(seeker, now, now + WAIT_MS_MAX, (leave) => leaves.set(n, leave))
      leaves.delete(n)
    }
    if (typeof found === 'string') end(found)
    else inside.set(n, { seeker, state: found })
  }
  const CALLS = 10_000
  const arrivals: Promise<void>[] = []
  for (let n = 0; n < CALLS; n++) {
    const [tier, weight] = dice.pick(TIERS)
    arrivals.push(arrive(n, seekerOf(tier, weight, `${tier} ${dice.roll(12)}`)))
    await Promise.resolve()
    // As many go as come, in every way there is.
    const one = inside.size > 0 ? dice.pick([...inside]) : undefined
    const way = dice.roll(10)
    if (one && way < 6) {
      const [key, { seeker, state }] = one
      inside.delete(key)
      const fails = way < 2
      state.learn(fails ? 'failed' : 'began', now, now)
      places.release(state, now)
      if (!fails) end('answered')
      else {
        const failedRoutes = [...seeker.failedRoutes, state]
        arrivals.push(arrive(key, { ...seeker, failedRoutes, failedUpstreams: [state.route.upstream.id] }))
      }
    } else if (way === 6 && leaves.size > 0) dice.pick([...leaves.values()])()
    now = instant(now + dice.roll(200))
    if (way === 7) places.tick(now)
    if (way === 8) now = instant(now + dice.roll(3_000))
    expect(running(places), `seed ${dice.seed}`).toBeLessThanOrEqual(10)
  }
  for (const { state } of inside.values()) {
    places.release(state, now)
    end('answered')
  }
  inside.clear()
  await Promise.resolve()
  places.tick(instant(now + WAIT_MS_MAX))
  while (inside.size > 0 || places.waiting > 0) {
    for (const [key, { state }] of inside) {
      inside.delete(key)
      places.release(state, now)
      end('answered')
    }
    await Promise.resolve()
  }
  await Promise.all(arrivals)
  for (const { state } of inside.values()) {
    places.release(state, now)
    end('answered')
  }
  const all = Object.values(ended).reduce((sum, count) => sum + count, 0)
  expect([running(places), places.waiting, places.figures.inUse, all], `seed ${dice.seed}`).toEqual([0, 0, 0, CALLS])
  for (const way of ['answered', 'full', 'left', 'late', 'none']) expect([way, ended[way] ?? 0]).not.toEqual([way, 0])
  const { calls, left_waiting, refused_full, refused_late } = places.figures.hour
  expect([left_waiting, refused_full, refused_late]).toEqual([ended.left, ended.full, ended.late])
  expect(calls).toBeGreaterThan(0)
})

test('a new catalog gives waiting calls its places, and keeps what runs counted', async () => {
  const one = routes('{ upstream: sandbox-openai, model: a, concurrency: 1 }')
  const places = openPlaces(one)
  const first = places.take(seekerOf('lite', 1, 'first'), instant(1))
  if (typeof first === 'string') throw new Error('there was a place')
  const second = places.wait(seekerOf('lite', 1, 'second'), instant(1), 10_000, () => undefined)
  const { models, routing } = catalogOf(TWO_OF_FIVE, 2)
  places.renew(models.get('glm-4.7') as never, routing)
  places.tick(instant(2))
  expect(typeof (await second)).toBe('object')
  expect([running(places), places.count]).toEqual([2, 10])
  places.release(first, instant(3))
  expect(running(places)).toBe(1)
})

test('F74: a call that failed on one route waits for the other and not for the one that failed it', async () => {
  const places = openPlaces(
    routes(
      '{ upstream: sandbox-openai, model: a, concurrency: 1 }, { upstream: sandbox-anthropic, model: b, concurrency: 1 }',
    ),
  )
  const take = (caller: string): RouteHealth => places.take(seekerOf('lite', 1, caller), instant(1)) as RouteHealth
  const [one, other] = [take('1'), take('2')]
  places.release(one, instant(2))
  const failed = { ...seekerOf('lite', 1, '1'), failedRoutes: [one], failedUpstreams: [one.route.upstream.id] }
  expect(places.take(failed, instant(2))).toBe('wait')
  const waits = places.wait(failed, instant(2), 10_000, () => undefined)
  expect(places.waiting).toBe(1)
  places.release(other, instant(3))
  expect(await waits).toBe(other)
})

test('on a server that stops nobody waits', async () => {
  const places = openPlaces(routes('{ upstream: sandbox-openai, model: a, concurrency: 1 }'))
  places.take(seekerOf('lite', 1, 'first'), instant(1))
  const waits = places.wait(seekerOf('lite', 1, 'second'), instant(1), 10_000, () => undefined)
  places.close()
  expect(await waits).toBe('draining')
  expect(await places.wait(seekerOf('lite', 1, 'third'), instant(1), 10_000, () => undefined)).toBe('draining')
})
