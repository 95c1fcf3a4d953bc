import { readdirSync, readFileSync } from 'node:fs'

import type { MemberId } from '@codeplan/core'
import { outline, type Wire } from '@codeplan/dialect'

import { classify } from '../../apps/server/src/gateway/classify.ts'
import { makeCallId } from '../../apps/server/src/gateway/call-id.ts'
import type { House } from '../house/house.ts'

/**
 * Sessions of real tools, with the structure of their requests and words of our own. `two_sessions` and the like are made
 * from them by the test. Each line: scenario, path, headers that say something about the session, body.
 */
export interface Recorded {
  readonly scenario: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Record<string, unknown>
}

const folder = new URL('.', import.meta.url)

export function readRecordings(): ReadonlyMap<string, readonly Recorded[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
  return new Map(
    files.map((name) => {
      const lines = readFileSync(new URL(name, folder), 'utf8').trim().split('\n')
      return [name.replace('.jsonl', ''), lines.map((line) => JSON.parse(line) as Recorded)]
    }),
  )
}

const wireOf = (path: string): Wire =>
  path.includes('/anthropic/') ? 'anthropic' : path.endsWith('/responses') ? 'responses' : 'openai'

export interface Replayed {
  readonly calls: number
  /** Calls that are answered without counting, for example `count_tokens`. */
  readonly free: number
  readonly prompts: number
  readonly charge: number
  /** `new_question (user_message)` and how often. */
  readonly reasons: ReadonlyMap<string, number>
}

/** Sends recorded requests through classification, admission and settlement, as one subscriber. */
export async function replay(house: House, requests: readonly Recorded[]): Promise<Replayed> {
  const { memberId, key } = await house.subscriber('max')
  const reasons = new Map<string, number>()
  const prompts = new Set<string>()
  let calls = 0
  let free = 0
  for (const { path, headers, body } of requests) {
    if (path.endsWith('/count_tokens')) {
      free++
      continue
    }
    calls++
    const read = outline(wireOf(path), Buffer.from(JSON.stringify(body)))
    if (!read.ok) throw new Error(JSON.stringify(read.fault))
    const admitted = await house.rooms.entitlements.admit({
      id: makeCallId(house.clock.now()),
      memberId: memberId as MemberId,
      keyId: `key_${key.slice(0, 8)}`,
      model: 'glm-4.7',
      modelAsked: String(body.model),
      tool: 'replay',
      toolRule: 'replay',
      project: '',
      sparesUnknown: false,
      evidence: classify(headers, read.outline),
      path,
      purse: 'plan',
      stream: read.outline.stream,
      expected: { inputTokens: 0, outputTokensMax: 0 },
      totalMsMax: 60_000,
    })
    if (!admitted.ok) throw new Error(JSON.stringify(admitted.no))
    const { promptId, promptReason, mark } = admitted.value
    prompts.add(promptId)
    const reason = `${promptReason} (${mark})`
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    house.rooms.entitlements.settle({
      admission: admitted.value,
      ending: 'completed',
      billable: true,
      tokens: {
        inputTokens: 1,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
        outputTokens: 1,
        reasoningTokens: 0,
      },
      tokensFrom: 'upstream',
      listPrice: 0,
      timing: { firstByteMs: 1, totalMs: 2 },
      tried: [],
    })
    await house.rooms.entitlements.drain()
    house.clock.advance(1_000)
  }
  const standing = await house.rooms.entitlements.standing(memberId, house.clock.now())
  return { calls, free, prompts: prompts.size, charge: (standing?.windows[0]?.settled ?? 0) / 1_000_000, reasons }
}
