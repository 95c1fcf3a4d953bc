#!/usr/bin/env node
// Plain JavaScript that any Node from 20 on can run. What is published holds only dist/, made by "npm run build"; a checkout
// holds the source, which Node runs itself where it strips types.
import { existsSync } from 'node:fs'

const source = new URL('../src/main.ts', import.meta.url)
const built = new URL('../dist/main.js', import.meta.url)
if (process.features.typescript && existsSync(source)) await import(source.href)
else if (existsSync(built)) await import(built.href)
else {
  process.stderr.write('This checkout has no built codeplan yet: run "npm run build -w apps/cli", or use Node.js 24.\n')
  process.exitCode = 1
}
