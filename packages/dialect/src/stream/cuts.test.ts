import { describe, expect, test } from 'vitest'
import { anthropicStreams } from '../fixtures/anthropic-streams.ts'
import { collectAnthropic, collectOpenAI, collectResponses } from '../fixtures/collect.ts'
import { openaiStreams } from '../fixtures/openai-streams.ts'
import { OPTIONS, decoded, run } from '../fixtures/run.ts'
import type { Dialect } from '../dialect.ts'
import type { Wire } from '../outline.ts'
import type { CalledTool } from '../request/responses-tools.ts'
import type { StreamOptions } from './stream.ts'

const DIALECTS: Dialect[] = ['openai', 'anthropic']
const HIDING = { ...OPTIONS, wantsUsage: false, wholeToolCalls: true }
const PLAIN = { ...OPTIONS, model: 'up-model' }
const CLIENTS: Wire[] = ['openai', 'anthropic', 'responses']
/** Tools that the client knows otherwise than the upstream calls them. */
const called = new Map<string, CalledTool>([
  ['write', { kind: 'custom', name: 'write' }],
  ['read', { kind: 'function', name: 'read', namespace: 'files' }],
])
const HOLDING = { ...OPTIONS, asked: { called, dropped: [], echo: '"store":true' }, holdsEnd: true }
const VARIANTS: Record<Wire, StreamOptions[]> = {
  openai: [OPTIONS, HIDING, PLAIN],
  anthropic: [OPTIONS, PLAIN],
  responses: [OPTIONS, HOLDING],
}
const COLLECT = { openai: collectOpenAI, anthropic: collectAnthropic, responses: collectResponses }

describe.each(DIALECTS)('%s upstream', (upstream) => {
  const streams = upstream === 'openai' ? openaiStreams : anthropicStreams
  describe.each(CLIENTS)('to %s client', (client) => {
    test.each(Object.keys(streams))('F13 F77 F78: %s is valid and the same for every cut', (name) => {
      const bytes = Buffer.from(streams[name] ?? '', 'utf8')
      for (const options of VARIANTS[client]) {
        const whole = run(upstream, client, bytes, [], options)
        COLLECT[client](decoded(whole.out))
        expect(whole.again).toBe('')
        const told = JSON.stringify(whole)
        const single = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1)
        expect(run(upstream, client, bytes, single, options)).toEqual(whole)
        // Byte by byte is enough where an option only changes what is done with whole events.
        for (const cut of options === PLAIN ? [] : single) {
          const parts = run(upstream, client, bytes, [cut], options)
          // Compared as text: a matcher per cut would be most of the test's time.
          if (JSON.stringify(parts) !== told) expect([cut, parts]).toEqual([cut, whole])
        }
      }
    })
  })
})
