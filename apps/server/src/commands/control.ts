import { createHash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Rooms } from '../rooms.ts'
import { runCommand, wrong, type Answer, type Args } from './command.ts'
import { findCommand } from './list.ts'

/**
 * With the embedded database only the server has the data, so commands beside it are handed over on a socket that only
 * the owner of the data folder may open. One JSON line each way.
 */
export interface Handed {
  readonly command: string
  readonly args: Args
}

/** The operating system allows about 100 bytes. */
const SOCKET_PATH_MAX = 100
const LINE_BYTES_MAX = 4 * 1_048_576

export function controlSocketPath(dataFolder: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\codeplan-${short(dataFolder)}`
  const path = join(dataFolder, 'control.sock')
  return path.length <= SOCKET_PATH_MAX ? path : join(tmpdir(), `codeplan-${short(dataFolder)}.sock`)
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

export async function openControl(rooms: Rooms): Promise<{ close(): Promise<void> }> {
  const path = controlSocketPath(rooms.config.dataFolder)
  rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    let line = ''
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.on('data', async (text: string) => {
      line += text
      if (line.length > LINE_BYTES_MAX) return void socket.destroy()
      if (!line.endsWith('\n')) return
      socket.end(`${JSON.stringify(await work(rooms, line))}\n`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // A connection that says nothing must not keep the server from stopping.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      }),
  }
}

async function work(rooms: Rooms, line: string): Promise<Answer> {
  try {
    const { command: name, args } = JSON.parse(line) as Handed
    const found = findCommand(name.split(' '))
    return found
      ? await runCommand(rooms, found.command, args)
      : wrong(`the running server does not know the command ${name}`)
  } catch (error) {
    rooms.log.error({ err: error }, 'a command failed')
    return wrong(`the command failed: ${(error as Error).message}`)
  }
}

/** Hands a command to the server that holds the data folder; undefined when none answers. */
export function handOver(dataFolder: string, handed: Handed): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(controlSocketPath(dataFolder))
    let line = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(`${JSON.stringify(handed)}\n`))
    socket.on('data', (text: string) => {
      line += text
    })
    socket.on('error', () => resolve(undefined))
    socket.on('end', () => resolve(line ? (JSON.parse(line) as Answer) : undefined))
  })
}

/** Does a server take commands for this folder? */
export function isServed(dataFolder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(controlSocketPath(dataFolder))
    socket.on('connect', () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(true))
  })
}
