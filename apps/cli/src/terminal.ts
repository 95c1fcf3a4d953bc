import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import { EXIT, Stop } from './world.ts'

/** Ctrl-C and the end of input mean no. */
const away = (): never => {
  throw new Stop(EXIT.declined, { en: 'nothing was changed', zh: '未作任何更改' })
}

async function ask(input: NodeJS.ReadableStream, output: Writable, question: string): Promise<string> {
  const lines = createInterface({ input, output, terminal: true })
  try {
    const gone = new Promise<never>((_, reject) => {
      lines.once('close', () => reject(new Error('closed')))
      lines.once('SIGINT', () => reject(new Error('closed')))
    })
    return await Promise.race([lines.question(question), gone])
  } catch {
    return away()
  } finally {
    lines.close()
  }
}

export const askLine = async (
  input: NodeJS.ReadableStream,
  output: NodeJS.WriteStream,
  question: string,
): Promise<string> => (await ask(input, output, question)).trim()

export async function askHidden(
  input: NodeJS.ReadableStream,
  output: NodeJS.WriteStream,
  question: string,
): Promise<string> {
  output.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const typed = await ask(input, silent, '')
  output.write('\n')
  return typed.trim()
}
