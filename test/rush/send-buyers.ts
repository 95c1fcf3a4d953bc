import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Heard, Rush } from './buyers.ts'

const BUYERS = fileURLToPath(new URL('./buyers.ts', import.meta.url))

/** Sends the buyers, and answers what they have heard. */
export function sendBuyers(rush: Rush): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUYERS], { stdio: ['pipe', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(out) as Heard) : reject(new Error(`buyers: ${code}`)),
    )
    child.stdin.end(JSON.stringify(rush))
  })
}
