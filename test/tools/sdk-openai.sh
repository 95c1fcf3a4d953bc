#!/usr/bin/env bash
# A bare script on the OpenAI SDK with its own tool loop: what a caller that is no coding tool looks like.
# Env: VERSION (default 7.57.0); STREAM=1|0 (default 1); WIRE=chat|responses (default chat)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-7.57.0}
npm_install "openai-sdk-$VERSION" "openai@$VERSION"
new_task
# Beside the installed SDK, because that is where Node looks for it.
cat > "$DIR/driver.mjs" << 'J'
import OpenAI from 'openai'
import { writeFileSync } from 'node:fs'

const { URL, KEY, MODEL, PROMPT, STREAM, WIRE } = process.env
const client = new OpenAI({ baseURL: URL, apiKey: KEY })
const text = { type: 'string' }
const parameters = { type: 'object', properties: { path: text, content: text }, required: ['path', 'content'] }
const tools = [{ type: 'function', function: { name: 'write_file', description: 'Write a file', parameters } }]
const messages = [{ role: 'user', content: PROMPT }]

async function whole(request) {
  const answer = await client.chat.completions.create(request)
  return { message: answer.choices[0].message, usage: answer.usage }
}

async function streamed(request) {
  const message = { role: 'assistant', content: '' }
  const calls = []
  let usage
  const options = { stream: true, stream_options: { include_usage: true } }
  for await (const chunk of await client.chat.completions.create({ ...request, ...options })) {
    usage = chunk.usage ?? usage
    const delta = chunk.choices[0]?.delta
    message.content += delta?.content ?? ''
    for (const piece of delta?.tool_calls ?? []) {
      const call = (calls[piece.index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } })
      call.id = piece.id ?? call.id
      call.function.name = piece.function?.name ?? call.function.name
      call.function.arguments += piece.function?.arguments ?? ''
    }
  }
  if (calls.length > 0) message.tool_calls = calls
  return { message, usage }
}

const write = (given) => {
  const input = JSON.parse(given)
  writeFileSync(input.path.split('/').pop(), input.content)
}

async function chat() {
  for (let turn = 0; turn < 8; turn++) {
    const { message, usage } = await (STREAM === '0' ? whole : streamed)({ model: MODEL, messages, tools })
    if (!(usage?.completion_tokens > 0)) throw new Error('no usage in the answer')
    messages.push(message)
    if (!message.tool_calls?.length) {
      console.log(message.content)
      break
    }
    for (const call of message.tool_calls) {
      write(call.function.arguments)
      messages.push({ role: 'tool', tool_call_id: call.id, content: 'written' })
    }
  }
}

/** Each turn sends only what is new: the server keeps the rest. */
async function responses() {
  const { name, ...described } = tools[0].function
  let request = { model: MODEL, input: PROMPT, tools: [{ type: 'function', name, ...described }], store: true }
  for (let turn = 0; turn < 8; turn++) {
    const answer =
      STREAM === '0'
        ? await client.responses.create(request)
        : await client.responses.stream(request).finalResponse()
    if (!(answer.usage?.output_tokens > 0)) throw new Error('no usage in the answer')
    const kept = await client.responses.retrieve(answer.id)
    if (kept.output.length !== answer.output.length) throw new Error('another answer was kept')
    const calls = answer.output.filter((item) => item.type === 'function_call')
    if (calls.length === 0) {
      console.log(answer.output_text)
      break
    }
    for (const call of calls) write(call.arguments)
    const input = calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'written' }))
    request = { ...request, previous_response_id: answer.id, input }
  }
}

try {
  await (WIRE === 'responses' ? responses : chat)()
} catch (error) {
  console.log('ERROR', error.status, error.message)
  process.exit(1)
}
J
[ "${WIRE:-chat}" = responses ] && OPENAI_PATH=$RESPONSES_PATH
run_client URL="$BASE$OPENAI_PATH" KEY="$KEY" MODEL="$MODEL" PROMPT="$PROMPT" STREAM="${STREAM:-1}" WIRE="${WIRE:-chat}" \
  node "$DIR/driver.mjs"
verdict "$VERSION"
