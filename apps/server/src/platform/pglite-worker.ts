import { parentPort, workerData } from 'node:worker_threads'

import { PGlite, type PGliteOptions } from '@electric-sql/pglite'

import { parseInt8 } from './db.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './pglite.ts'

// PGlite runs PostgreSQL in this thread: a long query stalls nothing but other queries.
const INT8 = 20
const INT8_ARRAY = 1016
const port = parentPort
if (!port) throw new Error('this file is a worker')

const settings = workerData as WorkerSettings
const options: PGliteOptions = {
  parsers: {
    [INT8]: parseInt8,
    [INT8_ARRAY]: (text: string) => text.slice(1, -1).split(',').filter(Boolean).map(parseInt8),
  },
}
if (settings.folder !== undefined) options.dataDir = settings.folder
if (settings.template) options.loadDataDir = new Blob([Uint8Array.from(settings.template)])

const send = (message: FromWorker): void => port.postMessage(message)
const database = await PGlite.create(options)
database.onNotification((channel, payload) => send({ kind: 'notification', channel, payload }))
send({ kind: 'ready' })

port.on('message', async (message: ToWorker) => {
  try {
    if (message.kind === 'query') {
      const { rows, affectedRows } = await database.query(message.text, [...message.parameters])
      send({ kind: 'rows', id: message.id, rows, affectedRows: affectedRows ?? 0 })
    } else if (message.kind === 'script') {
      const results = await database.exec(message.text)
      send({ kind: 'results', id: message.id, results: results.map((result) => result.rows) })
    } else if (message.kind === 'dump') {
      const file = await database.dumpDataDir(message.compression)
      send({ kind: 'dump', id: message.id, bytes: new Uint8Array(await file.arrayBuffer()) })
    } else {
      await database.close()
      send({ kind: 'rows', id: message.id, rows: [], affectedRows: 0 })
      port.close()
    }
  } catch (error) {
    const { message: text, code } = error as { message: string; code?: string }
    send({ kind: 'failed', id: message.id, message: text, code })
  }
})
