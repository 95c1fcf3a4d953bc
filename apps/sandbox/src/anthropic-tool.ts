import { createHash } from 'node:crypto'
import type { JsonObject } from './json.ts'
import { objectOf, textOf } from './json.ts'
import { environment, systemPrompt, textSchema, type ToolUsage, type ToolWire } from './tool-wire.ts'

const tools = [
  {
    name: 'Bash',
    description: 'Runs a command in the shell.',
    input_schema: textSchema({ command: 'The command.', description: 'What it is for.' }, ['command']),
  },
  {
    name: 'Write',
    description: 'Writes a file.',
    input_schema: textSchema({ file_path: 'Absolute path of the file.', content: 'What it shall hold.' }, [
      'file_path',
      'content',
    ]),
  },
]

/** The wire as Claude Code 2.1 uses it, with its `role: "system"` entry among the messages. */
export const anthropicTool: ToolWire = {
  path: '/v1/messages?beta=true',
  headers: ({ key, sessionId, userAgent }) => ({
    accept: 'application/json',
    authorization: `Bearer ${key}`,
    'user-agent': userAgent ?? 'claude-cli/2.1.330 (external, cli)',
    'x-app': 'cli',
    'x-claude-code-session-id': sessionId,
    'x-stainless-retry-count': '0',
    'x-stainless-timeout': '3000',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27',
    'anthropic-dangerous-direct-browser-access': 'true',
  }),
  opening(prompt, first) {
    const reminder = { type: 'text', text: '<system-reminder>\nThe sandbox keeps no memory files.\n</system-reminder>' }
    const asked = { type: 'text', text: prompt }
    if (!first) return [{ role: 'user', content: [asked] }]
    return [
      { role: 'user', content: [reminder, asked] },
      { role: 'system', content: [{ type: 'text', text: environment() }] },
    ]
  },
  request: ({ model, sessionId }, messages) => ({
    model,
    messages,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330.f73; cc_entrypoint=cli;' },
      { type: 'text', text: systemPrompt('Claude Code'), cache_control: { type: 'ephemeral' } },
    ],
    tools,
    metadata: {
      user_id: JSON.stringify({
        device_id: createHash('sha256').update(sessionId).digest('hex'),
        account_uuid: '',
        session_id: sessionId,
      }),
    },
    max_tokens: 32000,
    thinking: { type: 'adaptive', display: 'omitted' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'high' },
    stream: true,
  }),
  hear(heard, { data }) {
    const event = objectOf(JSON.parse(data))
    const block = objectOf(event.content_block)
    const delta = objectOf(event.delta)
    if (event.type === 'message_start') learn(heard.usage, objectOf(objectOf(event.message).usage))
    if (event.type === 'message_delta') learn(heard.usage, objectOf(event.usage))
    if (block.type === 'tool_use') heard.calls.push({ id: textOf(block.id), name: textOf(block.name), json: '' })
    heard.text += textOf(delta.text)
    heard.thinking += textOf(delta.thinking)
    heard.signature += textOf(delta.signature)
    const call = heard.calls.at(-1)
    if (call) call.json += textOf(delta.partial_json)
    if (event.type === 'message_stop') heard.ended = true
    if (event.type === 'error') heard.error = textOf(objectOf(event.error).message)
  },
  said({ thinking, signature, text, calls }) {
    const content = [
      ...(signature ? [{ type: 'thinking', thinking, signature }] : []),
      ...(text ? [{ type: 'text', text }] : []),
      ...calls.map(({ id, name, json }) => ({
        type: 'tool_use',
        id,
        name,
        input: JSON.parse(json || '{}') as unknown,
      })),
    ]
    return { role: 'assistant', content }
  },
  results(calls, outputs) {
    const content = calls.map(({ id }, n) => ({ tool_use_id: id, type: 'tool_result', content: outputs[n] ?? '' }))
    return [{ role: 'user', content }]
  },
}

/** Counts are cumulative: what the last event says about a key holds, what it leaves out stays. */
function learn(usage: ToolUsage, told: JsonObject): void {
  if (typeof told.cache_read_input_tokens === 'number') usage.cachedTokens = told.cache_read_input_tokens
  if (typeof told.input_tokens === 'number') {
    const written = Number(told.cache_creation_input_tokens ?? 0)
    usage.inputTokens = told.input_tokens + written + usage.cachedTokens
  }
  if (typeof told.output_tokens === 'number') usage.outputTokens = told.output_tokens
}
