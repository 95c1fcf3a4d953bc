import { readConfig } from '../../apps/server/src/config.ts'
import { addMember, createKey } from '../../apps/server/src/identity/index.ts'
import { openRooms, type Rooms } from '../../apps/server/src/rooms.ts'

/** Opens the database of server processes, as a command beside them does. */
export async function openRoomsOf(env: Readonly<Record<string, string>>): Promise<Rooms> {
  const { config } = readConfig({ ...env, LOG_LEVEL: 'silent' })
  const opened = await openRooms(config)
  if (!opened.ok) throw new Error(JSON.stringify(opened.no))
  return opened.value
}

/** Opens the database that a server process has left, as a command without a running server does. */
export async function withRoomsOf<T>(
  env: Readonly<Record<string, string>>,
  work: (rooms: Rooms) => Promise<T>,
): Promise<T> {
  const rooms = await openRoomsOf(env)
  try {
    return await work(rooms)
  } finally {
    await rooms.close()
  }
}

/** A member with a granted plan and a key, in the database of a place; makes the schema when there is none yet. */
export function addSubscriber(
  env: Readonly<Record<string, string>>,
  who: { readonly email: string; readonly plan: string },
): Promise<{ readonly key: string; readonly keyId: string; readonly memberId: string }> {
  return withRoomsOf(env, async ({ db, seal, clock, entitlements }) => {
    const added = await addMember(db, { email: who.email, name: '' }, clock.now())
    if (!added.ok) throw new Error(added.no)
    const memberId = added.value.id
    const granted = await entitlements.grant({ memberId, plan: who.plan, months: 1, source: 'grant' }, clock.now())
    if (!granted.ok) throw new Error(granted.no)
    const made = await createKey(db, seal, { email: who.email, name: 'test' }, clock.now())
    if (!made.ok) throw new Error(made.no)
    return { key: made.value.key, keyId: made.value.id, memberId }
  })
}
