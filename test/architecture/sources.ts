import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the root of the checkout, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text without comments. */
  readonly code: string
  /** What is imported or exported from elsewhere, as written. */
  readonly imports: readonly string[]
}

const FOLDERS = ['packages', 'apps', 'test', 'bench']
/** Not ours to shape: installed packages, what a build made, results, the judge of the benchmark. */
const SKIPPED = new Set(['node_modules', 'dist', 'results', 'harness', 'data'])

/** Every TypeScript file and README of the house. */
export function readSources(root: string): readonly SourceFile[] {
  return FOLDERS.flatMap((folder) => [...walk(root, folder)]).map((path) =>
    parse(path, readFileSync(join(root, path), 'utf8')),
  )
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* walk(root, path)
    else if (entry.isFile() && /\.(tsx?|js|mjs|sh)$|README\.md$/.test(entry.name)) yield path
  }
}

const IMPORT =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]|new URL\(\s*['"](\.[^'"]*\.ts)['"]/gm

function parse(path: string, text: string): SourceFile {
  const code = withoutComments(text)
  const imports = [...code.matchAll(IMPORT)].map((found) => found.slice(1).find((name) => name !== undefined) ?? '')
  return { path, text, code, imports }
}
readSources.parse = parse

/** Whole comment lines and what follows `//` after a space: enough for code that oxfmt has formatted. */
function withoutComments(text: string): string {
  return text
    .replace(/^\s*\/\*[^]*?\*\//gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/ \/\/ .*$/gm, '')
}
