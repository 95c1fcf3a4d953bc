import { listOf, objectOf, textOf } from './json.ts'
import { environment, systemPrompt, textSchema, type ToolWire } from './tool-wire.ts'

const tools = [
  {
    type: 'function',
    function: {
      name: 'bash',
      description: 'Runs a command in the shell.',
      parameters: textSchema({ command: 'The command.', workdir: 'Where to run it.' }, ['command']),
    },
  },
  {
    type: 'function',
    function: {
      name: 'write',
      description: 'Writes a file.',
      parameters: textSchema({ content: 'What it shall hold.', filePath: 'Absolute path of the file.' }, [
        'content',
        'filePath',
      ]),
    },
  },
]

/** The wire as OpenCode 1.18 uses it. */
export const openaiTool: ToolWire = {
  path: '/chat/completions',
  headers: ({ key, sessionId, userAgent }) => ({
    accept: '*/*',
    authorization: `Bearer ${key}`,
    'user-agent': userAgent ?? 'opencode/1.18.33 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14',
    'x-session-affinity': sessionId,
    'x-session-id': sessionId,
  }),
  opening(prompt, first) {
    const asked = { role: 'user', content: prompt }
    return first ? [{ role: 'system', content: `${systemPrompt('opencode')}\n\n${environment()}` }, asked] : [asked]
  },
  request: ({ model }, messages) => ({
    model,
    max_tokens: 32000,
    thinking: { type: 'enabled', clear_thinking: false },
    messages,
    tools,
    tool_choice: 'auto',
    stream: true,
    stream_options: { include_usage: true },
  }),
  hear(heard, { data }) {
    if (data === '[DONE]') {
      heard.ended = true
      return
    }
    const chunk = objectOf(JSON.parse(data))
    if (chunk.error !== undefined) heard.error = textOf(objectOf(chunk.error).message)
    const delta = objectOf(objectOf(listOf(chunk.choices)[0]).delta)
    heard.text += textOf(delta.content)
    heard.thinking += textOf(delta.reasoning_content)
    for (const piece of listOf(delta.tool_calls).map(objectOf)) {
      const called = objectOf(piece.function)
      const index = Number(piece.index)
      const call = (heard.calls[index] ??= { id: textOf(piece.id), name: textOf(called.name), json: '' })
      call.json += textOf(called.arguments)
    }
    const usage = objectOf(chunk.usage)
    if (typeof usage.prompt_tokens === 'number') heard.usage.inputTokens = usage.prompt_tokens
    if (typeof usage.completion_tokens === 'number') heard.usage.outputTokens = usage.completion_tokens
    const cached = objectOf(usage.prompt_tokens_details).cached_tokens
    if (typeof cached === 'number') heard.usage.cachedTokens = cached
  },
  said: ({ thinking, text, calls }) => ({
    role: 'assistant',
    content: text,
    ...(thinking ? { reasoning_content: thinking } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, name, json }) => ({
            id,
            type: 'function',
            function: { name, arguments: json || '{}' },
          })),
        }
      : {}),
  }),
  results: (calls, outputs) =>
    calls.map(({ id }, n) => ({ role: 'tool', tool_call_id: id, content: outputs[n] ?? '' })),
}
