import { describe, expect, test } from 'vitest'
import { readChatAsk } from './chat-ask.ts'
import { readDirectives } from './directives.ts'
import type { JsonObject } from './json.ts'
import { readMessagesAsk } from './messages-ask.ts'
import { reply } from './script.ts'
import { standingOf } from './standing.ts'

const task = "Create a file named a.txt in the current directory with exactly this content: it's done"

function chat(messages: readonly JsonObject[], tools: readonly JsonObject[] = [], extra: JsonObject = {}) {
  return told(readChatAsk({ model: 'm', messages, tools, ...extra }))
}

function told(ask: ReturnType<typeof readChatAsk>) {
  const standing = standingOf(ask)
  return reply(ask, standing, readDirectives(standing.prompt))
}

function fn(name: string, properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'function', function: { name, parameters: { type: 'object', properties, required } } }
}

const text = { type: 'string' }
const bash = fn('bash', { command: text })
const here = { role: 'system', content: 'Working directory: /srv/app' }

describe('a file task is done with whichever tool is offered', () => {
  test.each([
    ['Write', { file_path: text, content: text }, { file_path: '/srv/app/a.txt', content: "it's done" }],
    ['write', { filePath: text, content: text }, { filePath: '/srv/app/a.txt', content: "it's done" }],
    ['write_file', { path: text, content: text }, { path: 'a.txt', content: "it's done" }],
    ['write_file', { absolute_path: text, content: text }, { absolute_path: '/srv/app/a.txt', content: "it's done" }],
    [
      'write_to_file',
      { path: { type: 'string', description: 'The absolute path' }, content: text },
      { path: '/srv/app/a.txt', content: "it's done" },
    ],
    [
      'str_replace_based_edit_tool',
      { command: text, path: text, file_text: text },
      { command: 'create', path: 'a.txt', file_text: "it's done" },
    ],
  ])('%s %j', (name, properties, input) => {
    const { calls } = chat([here, { role: 'user', content: task }], [bash, fn(name, properties)])
    expect(calls).toEqual([{ name, input }])
  })

  const printed = `printf '%s' 'it'\\''s done' > 'a.txt'`
  test.each([
    ['bash', { command: text }, { command: printed }],
    ['Bash', { command: text, description: text }, { command: printed, description: 'Create a.txt' }],
    ['run_shell_command', { command: text, is_background: { type: 'boolean' } }, { command: printed }],
    ['exec_command', { cmd: text }, { cmd: printed }],
    ['shell', { command: { type: 'array', items: text } }, { command: ['bash', '-lc', printed] }],
    ['run_commands', { commands: { type: 'array', items: text } }, { commands: [printed] }],
  ])('by shell: %s %j', (name, properties, input) => {
    expect(chat([{ role: 'user', content: task }], [fn(name, properties)]).calls).toEqual([{ name, input }])
  })

  test('by a patch, where the tool of Codex is offered beside a shell', () => {
    const { calls } = chat(
      [{ role: 'user', content: task }],
      [fn('exec_command', { cmd: text }), fn('apply_patch', { input: text })],
    )
    expect(calls).toEqual([
      {
        name: 'apply_patch',
        input: { input: "*** Begin Patch\n*** Add File: a.txt\n+it's done\n*** End Patch\n" },
      },
    ])
  })

  test('what the schema requires is filled in', () => {
    const tool = fn('run_shell_command', { command: text, is_background: { type: 'boolean' } }, ['is_background'])
    expect(chat([{ role: 'user', content: task }], [tool]).calls[0]?.input).toMatchObject({ is_background: false })
  })

  test('the shell is used when an absolute path is asked for and the directory is not known', () => {
    const { calls } = chat([{ role: 'user', content: task }], [fn('Write', { file_path: text, content: text }), bash])
    expect(calls[0]?.name).toBe('bash')
  })

  test('vendor-defined tools without a schema are recognised by their type', () => {
    const ask = readMessagesAsk({
      model: 'm',
      messages: [{ role: 'user', content: task }],
      tools: [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' }],
    })
    expect(told(ask).calls[0]?.input).toEqual({ command: 'create', path: 'a.txt', file_text: "it's done" })
  })
})

describe('the working directory is found in the words of each tool', () => {
  test.each([
    ' - Primary working directory: /srv/app\n - Platform: linux',
    '  Working directory: /srv/app\n',
    '<cwd>/srv/app</cwd>',
    "I'm currently working in the directory: /srv/app\n",
    '{"cwd": "/srv/app"}',
  ])('%s', (content) => {
    const tools = [fn('write', { filePath: text, content: text })]
    const messages = [
      { role: 'system', content },
      { role: 'user', content: task },
    ]
    expect(chat(messages, tools).calls[0]?.input).toMatchObject({ filePath: '/srv/app/a.txt' })
  })
})

function after(turns: number, prompt: string): JsonObject[] {
  const loop = Array.from({ length: turns }, (_, n) => [
    { role: 'assistant', content: '', tool_calls: [{ id: `c${n}`, type: 'function', function: { name: 'bash' } }] },
    { role: 'tool', tool_call_id: `c${n}`, content: 'ok' },
  ])
  return [here, { role: 'user', content: prompt }, ...loop.flat()]
}

describe('steps', () => {
  const tools = [bash, fn('write', { filePath: text, content: text })]

  test('[[steps=3]] takes two harmless commands, then the file, then a closing text', () => {
    const names = [0, 1, 2, 3].map((turns) =>
      chat(after(turns, `${task} [[steps=3]]`), tools).calls.map((c) => c.input),
    )
    expect(names).toEqual([
      [{ command: 'echo step 1' }],
      [{ command: 'echo step 2' }],
      [{ filePath: '/srv/app/a.txt', content: "it's done" }],
      [],
    ])
    expect(chat(after(3, `${task} [[steps=3]]`), tools).text).toContain('Created a.txt.')
  })

  test('[[parallel=2]] makes two calls in one turn', () => {
    expect(chat(after(0, `${task} [[parallel=2]]`), tools).calls.map((call) => call.name)).toEqual(['bash', 'write'])
  })

  test('a reminder or a note beside a tool result does not start the task again', () => {
    const late = { role: 'user', content: 'The user sent a new message while you were working: hurry up' }
    expect(chat([...after(1, task), late], tools).text).toContain('Created a.txt.')
  })

  test('quotes around a whole prompt do not end up in the file', () => {
    expect(chat([here, { role: 'user', content: `"${task}"` }], tools).calls[0]?.input.content).toBe("it's done")
  })

  test('a file tool that failed is followed by one try with the shell', () => {
    const result = { type: 'tool_result', tool_use_id: 't', is_error: true, content: 'not read yet' }
    const used = { type: 'tool_use', id: 't', name: 'Write', input: {} }
    const again = readMessagesAsk({
      model: 'm',
      tools: [{ name: 'Bash', input_schema: { type: 'object', properties: { command: text } } }],
      messages: [
        { role: 'user', content: task },
        { role: 'assistant', content: [used] },
        { role: 'user', content: [result] },
      ],
    })
    expect(told(again).calls[0]?.input.command).toContain('printf')
  })
})

describe('what tools ask beside the task', () => {
  test('a title with a JSON schema is JSON with a title', () => {
    const ask = readMessagesAsk({
      model: 'm',
      tools: [],
      messages: [{ role: 'user', content: [{ type: 'text', text: `<session>\n${task}\n</session>\n\nName it.` }] }],
      output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: { title: text } } } },
    })
    expect(JSON.parse(told(ask).text)).toEqual({ title: 'Create a.txt (sandbox simulation)' })
  })

  test('a title without one is a short line', () => {
    const system = { role: 'system', content: 'You make titles for conversations.' }
    expect(chat([system, { role: 'user', content: task }]).text).toBe('Create a.txt (sandbox simulation)')
  })

  test('a compaction is answered with analysis and summary, although tool results stand before it', () => {
    const wish = { role: 'user', content: 'Text only: an <analysis> and then a <summary> of all this.' }
    expect(chat([...after(1, task), wish], [bash]).text).toMatch(/<analysis>.+<\/analysis>\s*<summary>.+<\/summary>/s)
  })

  test('an image is described by media type and size', () => {
    const url = `data:image/png;base64,${Buffer.from('12345').toString('base64')}`
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url } },
    ]
    expect(chat([{ role: 'user', content }]).text).toContain('image (image/png, 5 bytes)')
  })

  test('a forced tool is called once', () => {
    const pick = fn('pick', { n: { type: 'integer' } }, ['n'])
    const choice = { tool_choice: { type: 'function', function: { name: 'pick' } } }
    expect(chat([{ role: 'user', content: 'go' }], [pick], choice).calls).toEqual([{ name: 'pick', input: { n: 0 } }])
    expect(chat(after(1, 'go'), [pick], choice).calls).toEqual([])
  })

  test('everything said to a person names the sandbox', () => {
    for (const content of ['hello', task, `${task} [[steps=2]]`]) {
      expect(chat([{ role: 'user', content }], [bash]).text).toMatch(/sandbox simulation/i)
    }
  })
})
