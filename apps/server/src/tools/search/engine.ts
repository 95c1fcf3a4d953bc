import { no, yes, type Outcome } from '@codeplan/core'

import type { SearchEngineDocument } from '../../catalog/index.ts'
import type { ToolDeps } from '../deps.ts'
import { bocha } from './bocha.ts'
import { brave } from './brave.ts'
import { jsonEngine } from './json-engine.ts'
import { sandbox } from './sandbox.ts'
import type { Found, SearchWish } from './search.ts'
import { searxng } from './searxng.ts'
import { tavily } from './tavily.ts'

/** How an engine is asked, and what its answer says. */
export interface EngineForm {
  ask(wish: SearchWish): {
    readonly url: URL
    readonly headers?: Readonly<Record<string, string>>
    /** A body makes it a POST. */
    readonly body?: unknown
  }
  read(answer: unknown): readonly Found[]
}

type Around = Pick<ToolDeps, 'secret' | 'sandboxUrl'>
const ANSWER_BYTES_MAX = 4 * 1_048_576

/** Asks one engine; the "no" is why it failed, for the log and the caller, without anything secret. */
export async function askEngine(
  engine: SearchEngineDocument,
  wish: SearchWish,
  around: Around & { readonly msMax: number },
): Promise<Outcome<readonly Found[], string>> {
  const form = formOf(engine, around)
  if (!form.ok) return form
  const { url, headers, body } = form.value.ask(wish)
  try {
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // An engine has no reason to send us elsewhere, least of all with its key.
      redirect: 'error',
      signal: AbortSignal.timeout(around.msMax),
    })
    if (!answer.ok) {
      await answer.body?.cancel()
      return no(`${engine.id} answered ${answer.status}`)
    }
    return yes(form.value.read(JSON.parse(await readUpTo(answer, ANSWER_BYTES_MAX))))
  } catch (error) {
    const isLate = (error as Error).name === 'TimeoutError'
    return no(
      isLate ? `${engine.id} took longer than ${around.msMax} ms` : `${engine.id} gave no answer that can be read`,
    )
  }
}

async function readUpTo(answer: Response, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body ?? []) {
    bytes += part.length
    if (bytes > bytesMax) throw new Error('too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function formOf(engine: SearchEngineDocument, { secret, sandboxUrl }: Around): Outcome<EngineForm, string> {
  const name = 'key_env' in engine ? engine.key_env : undefined
  const key = name === undefined ? '' : secret(name)
  if (key === undefined) return no(`${engine.id} has no key: set ${name}`)
  switch (engine.kind) {
    case 'searxng':
      return yes(searxng(engine.base_url))
    case 'brave':
      return yes(brave(engine.base_url, key))
    case 'tavily':
      return yes(tavily(engine.base_url, key))
    case 'bocha':
      return yes(bocha(engine.base_url, key))
    case 'json':
      return yes(jsonEngine(engine, key))
    case 'sandbox': {
      const url = sandboxUrl()
      return url === undefined ? no('the sandbox is not running') : yes(sandbox(url))
    }
  }
}
