/**
 * Asks so many questions of their own, one after the other, as a tool that the plan serves, and prints what the answers say they took, in tokens.
 *
 *   KEY=… node test/tools/spend.ts ORIGIN MODEL QUESTIONS
 */
const [origin = '', model = '', questions = ''] = process.argv.slice(2)
let tokens = 0
for (let n = 1; n <= Number(questions); n++) {
  const answer = await fetch(`${origin}/api/anthropic/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.KEY}`,
      'content-type': 'application/json',
      'user-agent': 'claude-cli/2',
    },
    body: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: `Question ${n}` }] }),
  })
  if (!answer.ok) throw new Error(`question ${n}: ${answer.status} ${await answer.text()}`)
  const { usage } = (await answer.json()) as { usage: Record<string, unknown> }
  for (const [kind, count] of Object.entries(usage)) if (kind.endsWith('_tokens')) tokens += Number(count)
}
process.stdout.write(`${tokens}\n`)
