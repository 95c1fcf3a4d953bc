import type { CatalogRoom, Model } from '../catalog/index.ts'
import type { Clock, Queries } from '../platform/index.ts'
import { writeCapacity, type CapacityHour } from './capacity-store.ts'
import type { Drained } from './drained.ts'
import type { UpstreamPools } from './upstream-pools.ts'
import { ModelPlaces } from './model-places.ts'

/** The places of each model, kept over versions of the catalog. */
export interface Places {
  of(model: Model): ModelPlaces
  all(): Iterable<ModelPlaces>
  tick(): void
  /** Writes what was measured. What could not be written is written the next time. */
  write(queries: Queries, node: string): Promise<void>
  /** Nobody waits any more. */
  close(): void
}

export function makePlaces(deps: {
  readonly catalog: CatalogRoom
  readonly clock: Clock
  readonly pools: UpstreamPools
  readonly drained: Drained
}): Places {
  const { catalog, clock, pools, drained } = deps
  const known = new Map<string, ModelPlaces>()
  const keyNamesOf = (upstream: Parameters<UpstreamPools['of']>[0]): readonly string[] =>
    pools.of(upstream).keys.map(({ name }) => name)
  let version = catalog.current().version
  let isClosed = false

  const drain = ({ routes }: ModelPlaces): void => {
    for (const state of routes) state.isDrained = drained.has(state.route.upstream.id)
  }
  drained.onChange(() => {
    for (const places of known.values()) drain(places)
  })

  const renew = (places: ModelPlaces): void => {
    const { models, routing } = catalog.current()
    const model = models.get(places.model.id)
    if (!model || model === places.model) return
    places.renew(model, routing)
    drain(places)
  }

  function make(model: Model): ModelPlaces {
    const places = new ModelPlaces(model, catalog.current().routing, keyNamesOf, clock.now())
    if (isClosed) places.close()
    drain(places)
    known.set(model.id, places)
    return places
  }

  return {
    of: (model) => {
      const places = known.get(model.id) ?? make(model)
      // A call that was let in under the last version must not bring its routes back.
      if (places.model !== model) renew(places)
      return places
    },
    all: () => known.values(),
    tick: () => {
      const now = clock.now()
      for (const places of known.values()) {
        renew(places)
        places.tick(now)
      }
      // Only now no route leads to an upstream that is gone.
      if (catalog.current().version !== version) {
        version = catalog.current().version
        pools.keepOnly(catalog.current())
      }
    },
    write: async (queries, node) => {
      const unwritten = [...known.values()].flatMap((places) =>
        places.figures.unwritten().map((hour) => ({ places, hour })),
      )
      if (unwritten.length === 0) return
      const rowOf = ({ places, hour }: (typeof unwritten)[number]): CapacityHour => ({
        ...hour,
        model: places.model.id,
        places: places.count ?? null,
      })
      await writeCapacity(queries, node, unwritten.map(rowOf))
      for (const { places, hour } of unwritten) places.figures.written(hour)
    },
    close: () => {
      isClosed = true
      for (const places of known.values()) places.close()
    },
  }
}
