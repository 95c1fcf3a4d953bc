#!/usr/bin/env bash
# The OpenAI SDK asks for embeddings, which the balance pays: texts and tokens, in the form that it asks for by itself (base64)
# and in lists.
# Env: BALANCE_KEY (a key with a balance); VERSION (default 7.57.0)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-7.57.0}
npm_install "openai-sdk-$VERSION" "openai@$VERSION"
new_task
cat > "$DIR/embeddings.mjs" << 'J'
import OpenAI from 'openai'

const { URL, KEY, WITHOUT } = process.env
const client = new OpenAI({ baseURL: URL, apiKey: KEY })
const ask = async (fields) => {
  const made = await client.embeddings.create({ model: 'embedding-3', ...fields })
  if (!(made.usage.prompt_tokens > 0)) throw new Error('no usage in the answer')
  return made.data.map(({ embedding }) => embedding)
}
const same = (a, b) => a.length === b.length && a.every((value, at) => Math.abs(value - b[at]) < 1e-6)

const [one, two] = await ask({ input: ['one', 'two'] })
const [again] = await ask({ input: 'one', encoding_format: 'float' })
const [short] = await ask({ input: [[1, 2, 3]], dimensions: 8 })
const told = await new OpenAI({ baseURL: URL, apiKey: WITHOUT }).embeddings
  .create({ model: 'embedding-3', input: 'one' })
  .then(() => 'paid by nobody', (error) => `${error.status} ${error.code}`)
const right = same(one, again) && !same(one, two) && short.length === 8 && told === '429 1113'
console.log(right ? 'right' : JSON.stringify({ one: one.length, again: again.length, short: short.length, told }))
J
EXPECT_TEXT=right
run_client URL="$BASE/api/paas/v4" KEY="$BALANCE_KEY" WITHOUT="$KEY" node "$DIR/embeddings.mjs"
verdict "$VERSION"
