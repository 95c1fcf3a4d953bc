import { readConfig } from '../../apps/server/src/config.ts'
import { openRooms, type Rooms } from '../../apps/server/src/rooms.ts'

/** Opens the database that a server process has left, as a command without a running server does. */
export async function withRoomsOf<T>(
  env: Readonly<Record<string, string>>,
  work: (rooms: Rooms) => Promise<T>,
): Promise<T> {
  const { config } = readConfig({ ...env, LOG_LEVEL: 'silent' })
  const opened = await openRooms(config)
  if (!opened.ok) throw new Error(JSON.stringify(opened.no))
  try {
    return await work(opened.value)
  } finally {
    await opened.value.close()
  }
}
