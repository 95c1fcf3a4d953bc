import { rm } from 'node:fs/promises'
import { build } from 'rolldown'

const here = (path: string): string => new URL(path, import.meta.url).pathname

await rm(here('dist'), { recursive: true, force: true })
await build({
  input: here('src/main.ts'),
  platform: 'node',
  external: /^node:/,
  // jsonc-parser's other form asks for its parts by names that no bundler sees.
  resolve: { mainFields: ['module', 'main'] },
  output: { dir: here('dist'), format: 'esm', minify: true, cleanDir: true },
  transform: { target: 'node20' },
})
