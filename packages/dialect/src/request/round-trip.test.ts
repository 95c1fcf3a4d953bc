import { expect, test } from 'vitest'
import { claudeCode, codexOld, openCode, pi, qwenCode, router } from '../fixtures/requests.ts'
import { translateRequest } from './translate.ts'
import type { Dialect } from '../dialect.ts'

const OPTIONS = { model: 'glm-4.7', servedModel: 'glm-5', defaultMaxTokens: 4096 }

function step(from: Dialect, to: Dialect, body: Buffer): Buffer {
  const made = translateRequest(from, to, body, OPTIONS)
  if (!made.ok) throw new Error(`${made.field} ${made.why}`)
  return Buffer.from(made.body, 'latin1')
}

/** There, back and there again: what the first crossing settled, the second may not change. */
function crossings(from: Dialect, body: unknown): { once: unknown; again: unknown } {
  const to = from === 'openai' ? 'anthropic' : 'openai'
  const once = step(from, to, Buffer.from(JSON.stringify(body)))
  const again = step(from, to, step(to, from, once))
  return { once: JSON.parse(once.toString('utf8')), again: JSON.parse(again.toString('utf8')) }
}

test.each(Object.entries({ openCode, qwenCode, pi, router, codexOld }))(
  '%s is settled after one crossing',
  (_, body) => {
    const { once, again } = crossings('openai', body)
    // Parts are joined into one string on the chat wire; turns, calls and results must be the same.
    expect(flat(again)).toEqual(flat(once))
  },
)

test('Claude Code: everything but thinking and the place of system entries comes back', () => {
  const { once, again } = crossings('anthropic', claudeCode)
  expect(plain(again)).toEqual(plain(once))
})

test.each<Dialect>(['openai', 'anthropic'])(
  '%s to itself changes the model, the marks and the wish for usage only',
  (dialect) => {
    const body = dialect === 'openai' ? codexOld : claudeCode
    const made: unknown = JSON.parse(step(dialect, dialect, Buffer.from(JSON.stringify(body))).toString('utf8'))
    expect(made).toMatchObject({ model: 'glm-4.7', stream: true, tools: body.tools })
    if (dialect === 'openai') expect(made).toMatchObject({ stream_options: { include_usage: true } })
  },
)

function flat(body: unknown): unknown {
  const request = body as {
    messages: { role: string; content: { type: string; text?: string; content?: unknown }[] }[]
  }
  const messages = request.messages.map((message) => ({
    role: message.role,
    text: message.content
      .map((block) => block.text ?? '')
      .join('\n')
      .trim(),
    blocks: message.content
      .filter((block) => block.type !== 'text')
      .map((block) => ({ ...block, content: words(block.content) })),
  }))
  return { ...request, messages }
}

function words(content: unknown): unknown {
  return Array.isArray(content) ? (content as { text?: string }[]).map((part) => part.text).join('\n') : content
}

function plain(body: unknown): unknown {
  const { messages } = body as { messages: { role: string }[] }
  const said = messages.filter((message) => message.role !== 'system')
  return said.map((message) => ({ ...message, reasoning_content: undefined }))
}
