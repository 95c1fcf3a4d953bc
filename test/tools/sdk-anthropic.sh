#!/usr/bin/env bash
# A bare script on the Anthropic SDK with its own tool loop: what a caller that is no coding tool looks like.
# Env: VERSION (default 1.12.0); STREAM=1|0 (default 1)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-1.12.0}
npm_install "anthropic-sdk-$VERSION" "@anthropic-ai/sdk@$VERSION"
new_task
# Beside the installed SDK, because that is where Node looks for it.
cat > "$DIR/driver.mjs" << 'J'
import Anthropic from '@anthropic-ai/sdk'
import { writeFileSync } from 'node:fs'

const { URL, KEY, MODEL, PROMPT, STREAM } = process.env
const client = new Anthropic({ baseURL: URL, apiKey: KEY })
const text = { type: 'string' }
const input_schema = { type: 'object', properties: { path: text, content: text }, required: ['path', 'content'] }
const tools = [{ name: 'write_file', description: 'Write a file', input_schema }]
const messages = [{ role: 'user', content: PROMPT }]
try {
  for (let turn = 0; turn < 8; turn++) {
    const request = { model: MODEL, max_tokens: 1000, messages, tools }
    const answer =
      STREAM === '0' ? await client.messages.create(request) : await client.messages.stream(request).finalMessage()
    if (!(answer.usage.output_tokens > 0)) throw new Error('no usage in the answer')
    messages.push({ role: 'assistant', content: answer.content })
    const uses = answer.content.filter((block) => block.type === 'tool_use')
    if (uses.length === 0) {
      console.log(answer.stop_reason, answer.content.map((block) => block.text ?? '').join(''))
      break
    }
    for (const use of uses) writeFileSync(use.input.path.split('/').pop(), use.input.content)
    const results = uses.map((use) => ({ type: 'tool_result', tool_use_id: use.id, content: 'written' }))
    messages.push({ role: 'user', content: results })
  }
} catch (error) {
  console.log('ERROR', error.status, error.message)
  process.exit(1)
}
J
run_client URL="$BASE$ANTHROPIC_PATH" KEY="$KEY" MODEL="$MODEL" PROMPT="$PROMPT" STREAM="${STREAM:-1}" \
  node "$DIR/driver.mjs"
verdict "$VERSION"
