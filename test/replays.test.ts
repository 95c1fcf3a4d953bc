import { readFileSync } from 'node:fs'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openHouse, type House } from './house/house.ts'
import { readRecordings, replay, type Recorded } from './replays/replays.ts'

/** Questions that a person asked in each recorded session. */
const PROMPTS: Readonly<Record<string, number>> = {
  'claude-code-print/print': 1,
  'claude-code/interactive_2prompts_context_compact': 2,
  'claude-code/interactive_nonessential_traffic_on': 1,
  'claude-code/subagent': 1,
  'claude-code/queued_message': 1,
  'claude-code/remote_mcp': 1,
  'codex/responses': 1,
  'codex/two_prompts': 2,
  'codex/compaction_in_a_turn': 1,
  'opencode/openai': 1,
  'opencode/anthropic': 1,
  'opencode/zhipuai_coding_plan': 1,
  'opencode/two_prompts_three_steps': 2,
  'qwen-code/openai': 1,
  'sdk-anthropic/messages': 1,
  'sdk-openai/chat': 1,
}

describe('F82, F84: recorded sessions of real tools', () => {
  let house: House
  const sessions = new Map<string, readonly Recorded[]>()
  const rows: string[] = []
  beforeAll(async () => {
    house = await openHouse({ noApp: true })
    for (const [tool, lines] of readRecordings()) {
      for (const [scenario, requests] of Map.groupBy(lines, (line) => line.scenario))
        sessions.set(`${tool}/${scenario}`, requests)
    }
  })
  afterAll(() => house.close())

  test('each session costs one prompt for each question of its person, however many calls the tool made', async () => {
    const found: Record<string, number> = {}
    for (const [name, requests] of sessions) {
      const result = await replay(house, requests)
      found[name] = result.prompts
      expect(result.charge, name).toBe(result.prompts)
      const reasons = [...result.reasons].map(([reason, count]) => `${count} × ${reason}`).join(', ')
      rows.push(`| ${name} | ${result.calls} | ${result.free} | ${result.prompts} | ${reasons} |`)
    }
    expect(found).toEqual(PROMPTS)
  })

  test('the table in docs/sessions.md is the one that this test computes', () => {
    const table = ['| session | calls | free | prompts | reasons |', '|---|---|---|---|---|', ...rows].join('\n')
    process.stdout.write(`${table}\n`)
    expect(readFileSync(new URL('../docs/sessions.md', import.meta.url), 'utf8')).toContain(table)
  })

  test('two sessions side by side with one key are counted apart, also when their calls alternate', async () => {
    const one = sessions.get('claude-code/subagent') as readonly Recorded[]
    const two = sessions.get('claude-code/queued_message') as readonly Recorded[]
    const mixed = one.flatMap((request, i) => [request, ...(two[i] ? [two[i]] : [])])
    expect((await replay(house, mixed)).prompts).toBe(2)
  })

  test('F82: without its session marks a loop is still one prompt', async () => {
    const bare = (sessions.get('opencode/two_prompts_three_steps') as readonly Recorded[])
      .filter((request) => request.body.tools !== undefined)
      .map((request) => ({ ...request, headers: {} }))
    expect((await replay(house, bare)).prompts).toBe(2)
  })

  test('an edited earlier question is a new one', async () => {
    const [first] = sessions.get('qwen-code/openai') as readonly Recorded[]
    const edited = JSON.parse(JSON.stringify(first).replaceAll('hello-qw-1', 'hello-qw-2')) as Recorded
    expect((await replay(house, [first as Recorded, edited])).prompts).toBe(2)
  })

  test('F84: a loop that Claude Code compacts in its middle goes on as the same prompt', async () => {
    const compacting = (sessions.get('claude-code/interactive_2prompts_context_compact') as readonly Recorded[]).filter(
      (request) => !request.path.endsWith('count_tokens'),
    )
    const last = compacting.at(-1) as Recorded
    const summary = { role: 'user', content: [{ type: 'text', text: 'What was done so far, and what is left.' }] }
    const after = { ...last, body: { ...last.body, messages: [summary] } }
    const { prompts, reasons } = await replay(house, [...compacting, after])
    expect(prompts).toBe(2)
    expect([...reasons.keys()]).toContain('continued_after_compaction (user_message)')
  })

  test.each([
    ['the work of a sub-agent', { 'x-claude-code-agent-id': 'a' }],
    ['one turn of Codex', { 'x-codex-turn-metadata': '{"root_turn_id":"t"}' }],
  ])('F83: relabelling every question as %s costs Σ ÷ 20', async (_, label) => {
    const [first] = sessions.get('claude-code/subagent') as readonly Recorded[]
    const headers = { ...first?.headers, ...label }
    const asked = Array.from({ length: 60 }, (_, i) => ({
      ...(first as Recorded),
      headers,
      body: { ...first?.body, messages: [{ role: 'user', content: `question ${i}` }] },
    }))
    expect((await replay(house, asked)).charge).toBe(3)
  })
})
