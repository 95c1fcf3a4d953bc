import { posix } from 'node:path'

import type { SourceFile } from './sources.ts'

export type { SourceFile }

export interface Violation {
  readonly rule: string
  readonly path: string
  readonly what: string
}

interface Rule {
  readonly name: string
  /** Says what is wrong with a file, if anything; `all` is for rules about folders. */
  readonly find: (file: SourceFile, all: ReadonlySet<string>) => readonly string[]
  /** Files that may break it, and why. */
  readonly exceptions?: Readonly<Record<string, string>>
}

const SERVER = 'apps/server/src/'
/** Lower rooms first; rooms of one floor do not know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['platform'],
  ['catalog', 'identity', 'ledger'],
  ['entitlements'],
  ['billing', 'gateway', 'teams'],
  ['sale', 'tools'],
  ['docs', 'usage'],
  ['admin'],
]
const LINES_MAX = 400

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith('test/')
const isCode = (path: string): boolean => /\.(tsx?|js|mjs)$/.test(path)
const isSource = ({ path }: SourceFile): boolean => isCode(path) && !isTest(path) && !path.startsWith('bench/')
const isBare = (name: string): boolean => !name.startsWith('.')
/** Where a relative import leads, from the root of the checkout. */
const targetOf = (file: SourceFile, name: string): string => posix.join(posix.dirname(file.path), name)

/** The folder of a file inside the server; undefined for those above all rooms (app.ts, rooms.ts …, commands/). */
function roomOf(path: string): string | undefined {
  const room = /^apps\/server\/src\/([^/]+)\//.exec(path)?.[1]
  return room === 'commands' ? undefined : room
}
const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room))

const imported = (file: SourceFile, wrong: (name: string) => boolean): readonly string[] =>
  isSource(file) ? file.imports.filter(wrong).map((name) => `imports ${name}`) : []
const written = (file: SourceFile, pattern: RegExp): readonly string[] =>
  isSource(file) ? (file.code.match(pattern) ?? []).map((text) => `says ${text.trim()}`) : []

/** The second door of the contract, without zod behind it: the subscriber's command starts in a moment. */
const RECIPES_DOOR = '@codeplan/contract/recipes'

export const RULES: readonly Rule[] = [
  {
    name: 'packages stand alone',
    find: (file) => {
      const home = /^packages\/[^/]+\//.exec(file.path)?.[0]
      // Schemas are what the contract is made of; it knows nothing else.
      const may = (name: string): boolean => home === 'packages/contract/' && name === 'zod'
      return home ? imported(file, (name) => (isBare(name) ? !may(name) : !targetOf(file, name).startsWith(home))) : []
    },
  },
  {
    name: 'the sandbox knows nothing of the server',
    find: (file) =>
      file.path.startsWith('apps/sandbox/')
        ? imported(file, (name) =>
            isBare(name)
              ? !/^(node:.*|@codeplan\/(dialect|contract))$/.test(name)
              : !targetOf(file, name).startsWith('apps/sandbox/'),
          )
        : [],
  },
  {
    name: 'the sandbox is started by commands only',
    find: (file) =>
      file.path.startsWith(SERVER) && !file.path.startsWith(`${SERVER}commands/`)
        ? imported(file, (name) => name.startsWith('@codeplan/sandbox'))
        : [],
  },
  {
    name: 'the console knows the contract alone',
    find: (file) =>
      file.path.startsWith('apps/console/src/')
        ? imported(file, (name) =>
            isBare(name)
              ? /^(node:|@codeplan\/(?!contract(\/recipes)?$))/.test(name)
              : !targetOf(file, name).startsWith('apps/console/src/'),
          )
        : [],
  },
  {
    name: 'the subscriber’s command knows the contract alone',
    find: (file) =>
      file.path.startsWith('apps/cli/')
        ? imported(file, (name) =>
            isBare(name)
              ? !/^(node:.*|@codeplan\/contract(\/recipes)?|jsonc-parser|smol-toml|rolldown)$/.test(name)
              : !targetOf(file, name).startsWith('apps/cli/'),
          )
        : [],
  },
  {
    name: 'a workspace is entered by its name',
    find: (file) => {
      const home = /^(?:packages|apps)\/[^/]+\//.exec(file.path)?.[0]
      if (!home) return []
      return imported(file, (name) =>
        isBare(name)
          ? /^@codeplan\/[^/]+\/./.test(name) && name !== RECIPES_DOOR
          : !targetOf(file, name).startsWith(home),
      )
    },
  },
  {
    name: 'rooms import downwards',
    find: (file) => {
      const room = roomOf(file.path)
      if (room === undefined || isTest(file.path)) return []
      if (floorOf(room) < 0) return [`${room} is no room of the house`]
      return imported(file, (name) => {
        const target = isBare(name) ? undefined : targetOf(file, name)
        if (target === undefined || !target.startsWith(SERVER)) return false
        const other = roomOf(target)
        return other !== room && (other === undefined || floorOf(other) >= floorOf(room))
      })
    },
  },
  {
    name: 'rooms have one door',
    find: (file) =>
      file.path.startsWith(SERVER)
        ? imported(file, (name) => {
            const target = isBare(name) ? '' : targetOf(file, name)
            const other = roomOf(target)
            return other !== undefined && other !== roomOf(file.path) && target !== `${SERVER}${other}/index.ts`
          })
        : [],
  },
  {
    name: 'the environment is read at the edge',
    find: (file) =>
      /^(packages\/|apps\/(server|cli)\/)/.test(file.path) &&
      !/^apps\/(server|cli)\/src\/main\.ts$/.test(file.path) &&
      !file.path.startsWith(`${SERVER}commands/`)
        ? written(file, /process\.env\b|\benv\b[^=\n]*= process\b/g)
        : [],
  },
  {
    name: 'SQL stands in stores',
    find: (file) => {
      if (!file.path.startsWith(SERVER) || roomOf(file.path) === 'platform' || file.path.endsWith('store.ts')) return []
      const tools = /\bsql(<[^]*?>)?`|import \{[^}]*\b(sql|run)\b[^}]*\} from '[./]*platform\/index\.ts'/g
      return written(file, tools)
    },
    exceptions: {
      [`${SERVER}ready.ts`]: 'asks whether the database answers at all, in no room’s name: `select 1`',
      [`${SERVER}entitlements/check.ts`]: 'sets the isolation of the transaction in which its store reads',
      [`${SERVER}billing/check.ts`]: 'sets the isolation of the transaction in which its store reads',
    },
  },
  {
    name: 'no clock and no dice in what is pure',
    find: (file) =>
      /^packages\/(core|dialect)\//.test(file.path)
        ? written(file, /\bDate\.now\b|new Date\(\s*\)|Math\.random|performance\.now|\brandom(UUID|Bytes|Int)\(/g)
        : [],
  },
  {
    name: 'no file above 400 lines',
    find: ({ path, text }) => {
      const lines = text.split('\n').length - 1
      return isCode(path) && lines > LINES_MAX ? [`has ${lines} lines`] : []
    },
  },
  {
    name: 'names say what a file is',
    find: ({ path }) =>
      path
        .split('/')
        .filter((part) => /util|helper|manager|common|misc/i.test(part) || /V\d/.test(part))
        .map((part) => `${part} says nothing`),
  },
  {
    name: 'every room has a README',
    find: ({ path }, all) => {
      const room =
        /^(apps\/server\/src\/([^/]+))\/index\.ts$/.exec(path)?.[1] ??
        /^(packages\/[^/]+)\/src\/index\.ts$/.exec(path)?.[1]
      return room === undefined || all.has(`${room}/README.md`) ? [] : [`${room}/README.md is missing`]
    },
  },
]

/** What the rules find in these files, exceptions left out. */
export function violations(
  files: readonly SourceFile[],
  { withoutExceptions = false }: { readonly withoutExceptions?: boolean } = {},
): readonly Violation[] {
  const all = new Set(files.map(({ path }) => path))
  return RULES.flatMap(({ name, find, exceptions = {} }) =>
    files
      .filter(({ path }) => withoutExceptions || !(path in exceptions))
      .flatMap((file) => find(file, all).map((what) => ({ rule: name, path: file.path, what }))),
  )
}
