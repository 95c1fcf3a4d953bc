import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { run } from '../../apps/cli/src/run.ts'
import type { World } from '../../apps/cli/src/world.ts'

export const KEY = '0123456789abcdef0123456789abcdef.ABCDabcd0123WXYZ'
export const NOW = Date.parse('2026-03-02T01:00:00Z')

interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** A home of its own for the subscriber's command, which runs in it as a person runs it: with arguments, answers and files. */
export class Trial {
  readonly home = mkdtempSync(join(tmpdir(), 'codeplan-trial-'))
  readonly cwd = join(this.home, 'project')
  now = NOW

  /** `answers`: somebody sits at the terminal and says these, one after the other. */
  async run(
    args: string,
    { env = {}, answers, input = '', script = '/opt/codeplan/bin/codeplan.js' }: Partial<Told> = {},
  ): Promise<Ran> {
    const said = { out: '', err: '' }
    const left = answers && [...answers]
    const next = async (question: string): Promise<string> => {
      said.out += question
      const answer = left?.shift()
      if (answer === undefined) throw new Error(`asked more than expected: ${question}`)
      said.out += '\n'
      return typeof answer === 'string' ? answer : answer()
    }
    const world: World = {
      platform: 'linux',
      env,
      home: this.home,
      cwd: this.cwd,
      script,
      now: () => this.now,
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      colour: false,
      columns: 100,
      input: async () => input,
      ask: left && { line: next, hidden: next },
    }
    const exit = await run(world, args.split(' ').filter(Boolean))
    return { exit, ...said }
  }

  async write(path: string, text: string): Promise<string> {
    const file = join(this.home, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }

  /** Undefined: there is no such file. */
  read(path: string): Promise<string | undefined> {
    return readFile(join(this.home, path), 'utf8').catch(() => undefined)
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

interface Told {
  readonly env: Readonly<Record<string, string>>
  /** What is typed; a function does something else meanwhile. */
  readonly answers: readonly (string | (() => Promise<string>))[]
  readonly input: string
  readonly script: string
}
