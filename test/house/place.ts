import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'

/** A folder, a catalog and a database for processes of a real server: what an operator's environment names. */
export interface Place {
  readonly folder: string
  readonly catalogFile: string
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface PlaceOptions {
  /** Changes the text of the default catalog. */
  readonly catalog?: (source: string) => string
  /** An URL of a server on which a database may be made; without one the embedded database is used. */
  readonly serverUrl?: string | undefined
}

export async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'codeplan-place-'))
  const catalogFile = join(folder, 'catalog.yaml')
  const source = readFileSync(new URL('../../catalog.yaml', import.meta.url), 'utf8')
  writeFileSync(catalogFile, options.catalog?.(source) ?? source)
  const { serverUrl } = options
  const database = serverUrl === undefined ? undefined : await makeDatabase(serverUrl)
  return {
    folder,
    catalogFile,
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      CODEPLAN_DATA: join(folder, 'data'),
      CODEPLAN_CATALOG: catalogFile,
      CODEPLAN_OPERATOR_KEY: '5'.repeat(64),
      ...(database ? { DATABASE_URL: database.url } : {}),
    },
    close: async () => {
      await database?.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function makeDatabase(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `place_${randomBytes(8).toString('hex')}`
  await onServer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(serverUrl, `drop database if exists ${name} with (force)`) }
}

export async function onServer(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
