import type { CatalogRoom, Model } from '../catalog/index.ts'
import type { Clock, Queries } from '../platform/index.ts'
import { writeCapacity, type CapacityHour } from './capacity-store.ts'
import type { UpstreamPools } from './upstream-pools.ts'
import { WaitingRoom } from './waiting-room.ts'

/** A waiting room for each model, kept over versions of the catalog. */
export interface WaitingRooms {
  of(model: Model): WaitingRoom
  all(): Iterable<WaitingRoom>
  tick(): void
  /** Writes what was measured. What could not be written is written the next time. */
  write(queries: Queries, node: string): Promise<void>
  /** Nobody waits any more. */
  close(): void
}

export function makeWaitingRooms(deps: {
  readonly catalog: CatalogRoom
  readonly clock: Clock
  readonly pools: UpstreamPools
}): WaitingRooms {
  const { catalog, clock, pools } = deps
  const rooms = new Map<string, WaitingRoom>()
  const keyNamesOf = (upstream: Parameters<UpstreamPools['of']>[0]): readonly string[] =>
    pools.of(upstream).keys.map(({ name }) => name)
  let version = catalog.current().version
  let isClosed = false

  const renew = (room: WaitingRoom): void => {
    const { models, routing } = catalog.current()
    const model = models.get(room.model.id)
    if (model && model !== room.model) room.renew(model, routing)
  }

  function make(model: Model): WaitingRoom {
    const room = new WaitingRoom(model, catalog.current().routing, keyNamesOf, clock.now())
    if (isClosed) room.close()
    rooms.set(model.id, room)
    return room
  }

  return {
    of: (model) => {
      const room = rooms.get(model.id) ?? make(model)
      // A call that was let in under the last version must not bring its routes back.
      if (room.model !== model) renew(room)
      return room
    },
    all: () => rooms.values(),
    tick: () => {
      const now = clock.now()
      for (const room of rooms.values()) {
        renew(room)
        room.tick(now)
      }
      // Only now no route leads to an upstream that is gone.
      if (catalog.current().version !== version) {
        version = catalog.current().version
        pools.keepOnly(catalog.current())
      }
    },
    write: async (queries, node) => {
      const unwritten = [...rooms.values()].flatMap((room) => room.figures.unwritten().map((hour) => ({ room, hour })))
      if (unwritten.length === 0) return
      const rowOf = ({ room, hour }: (typeof unwritten)[number]): CapacityHour => ({
        ...hour,
        model: room.model.id,
        places: room.places ?? null,
      })
      await writeCapacity(queries, node, unwritten.map(rowOf))
      for (const { room, hour } of unwritten) room.figures.written(hour)
    },
    close: () => {
      isClosed = true
      for (const room of rooms.values()) room.close()
    },
  }
}
