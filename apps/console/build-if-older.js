// Plain JavaScript, as `npm start` runs it before it is sure that Node.js is new enough. Builds the web console when it was
// never built, or when something that it is made of has changed since; otherwise it only looks.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const sources = ['src', 'index.html', 'vite.config.ts', 'package.json', '../../packages/contract/src'].map((name) =>
  join(here, name),
)
const built = join(here, 'dist/index.html')

const timesIn = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => timesIn(join(path, name)))
    : [statSync(path).mtimeMs]

const age = existsSync(built) ? statSync(built).mtimeMs : 0
if (sources.flatMap(timesIn).some((changed) => changed > age)) {
  const why = age === 0 ? 'was not built yet' : 'is older than its sources'
  process.stdout.write(`The web console ${why}: building it, which takes some seconds.\n`)
  const { status } = spawnSync(
    'npm',
    ['run', '--silent', 'build', '-w', '@codeplan/console', '--', '--logLevel', 'warn'],
    {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) process.stdout.write('The web console could not be built. The server starts without it.\n')
}
