import { migrate } from '../platform/index.ts'
import { answer, type Command } from './command.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  does: 'brings the database schema up to date (starting the server does so too)',
  words: { min: 0, max: 0 },
  run: async (rooms) => {
    const applied = await migrate(rooms.db, rooms.clock.now())
    return answer({ applied }, applied.length > 0 ? `applied ${applied.join(', ')}` : 'the schema is up to date')
  },
}
