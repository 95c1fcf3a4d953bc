import { readFileSync } from 'node:fs'

import { outline, type Wire } from '@codeplan/dialect'
import { describe, expect, test } from 'vitest'

import { readCatalog } from './read.ts'
import { compileTools } from './tools.ts'

const source = readFileSync(new URL('../../../../catalog.yaml', import.meta.url), 'utf8')
const catalog = readCatalog(source)
if (!catalog.ok) throw new Error(JSON.stringify(catalog.no))
const tools = compileTools(catalog.value.tools)

const byHeaders = (headers: Record<string, string>) => tools.byHeaders(headers)?.tool
const byBody = (wire: Wire, body: object) => {
  const read = outline(wire, Buffer.from(JSON.stringify({ model: 'glm-4.7', ...body })))
  if (!read.ok) throw new Error(JSON.stringify(read.fault))
  return tools.byBody(read.outline)?.tool
}
const hi = { role: 'user', content: 'hi' }
const offer = (name: string) => ({ type: 'function', function: { name, parameters: {} } })
const chat = (system: string, ...names: string[]) =>
  byBody('openai', { messages: [{ role: 'system', content: system }, hi], tools: names.map(offer) })

describe('F76: tools are recognised by their marks, whatever their version', () => {
  test.each([
    ['claude-cli/2.1.330 (external, cli)', 'claude-code'],
    ['claude-cli/99.0.0 (external, sdk-ts, agent-sdk/9.9.9)', 'claude-code'],
    ['opencode/1.18.33 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14', 'opencode'],
    ['Kilo-Code/7.7.9 ai-sdk/provider-utils/4.0.27 runtime/bun/1.3.14', 'kilo'],
    ['QwenCode/0.24.4 (linux; x64)', 'qwen-code'],
    ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm', 'codex'],
    ['RooCode/3.53.0', 'roo'],
    ['Mozilla/5.0 AppleWebKit/537.36 CherryStudio/1.9.3 Chrome/146.0 Electron/41.2 Safari/537.36', 'cherry-studio'],
    ['OpenAI/JS 7.57.0', undefined],
    ['Anthropic/JS 1.12.0', undefined],
    ['curl/8.0', undefined],
    ['', undefined],
  ])('%s is %s', (agent, tool) => expect(byHeaders({ 'user-agent': agent })).toBe(tool))

  test('by another header of its own', () => {
    expect(byHeaders({ 'user-agent': 'node', 'x-title': '4.5V MCP Local' })).toBe('vision-mcp')
    expect(byHeaders({ 'user-agent': 'node', 'x-title': 'Cline' })).toBe('cline')
  })

  test('by its system prompt and its functions, where its headers are those of an SDK', () => {
    expect(chat('You are Cline, made of words of our own.')).toBe('cline')
    expect(chat('Words. You are operating inside pi, and so on.', 'bash', 'edit')).toBe('pi')
    expect(chat('Words. You are operating inside pi, and so on.', 'weather')).toBeUndefined()
    expect(chat('You are in the Continue CLI', 'Read')).toBe('continue')
    const system = [{ type: 'text', text: 'x-anthropic-billing-header: cc_version=9' }]
    expect(byBody('anthropic', { system, messages: [hi] })).toBe('claude-code-router')
  })

  test('not by words that stand elsewhere, or far behind', () => {
    expect(byBody('openai', { messages: [{ role: 'user', content: 'You are Cline' }] })).toBeUndefined()
    expect(chat(`${'x'.repeat(4_000)} You are Cline`)).toBeUndefined()
  })
})

describe('the rules are checked before they run', () => {
  const faults = (change: (text: string) => string): readonly string[] => {
    const read = readCatalog(change(source))
    return read.ok ? [] : read.no.map(({ path, cure }) => `${path}: ${cure}`)
  }
  const withRule = (rule: string) => faults((text) => text.replace('\ntools:\n', `\ntools:\n  - ${rule}\n`))

  test('a pattern that matches everything is a fault', () => {
    expect(withRule('{ id: a, name: A, user_agents: ["*"] }').join()).toContain('matches (nearly) everything')
    expect(withRule('{ id: a, name: A, headers: { x-a: "*/*" } }').join()).toContain('matches (nearly) everything')
    expect(withRule('{ id: a, name: A, headers: { accept: "text/*" } }').join()).toContain('every client sends accept')
    expect(withRule('{ id: a, name: A, system: ["You"] }').join()).toContain('use 8 to 200')
  })

  test('a tool without marks, and a plan that serves only tools when none is known, are faults', () => {
    expect(withRule('{ id: a, name: A }').join()).toContain('nothing recognises it')
    const none = faults((text) => text.replace(/\ntools:\n(?: {2}- .*\n)+/, '\n'))
    expect(none).toHaveLength(3)
    expect(none.join()).toContain('no tool is recognised')
  })

  test('a multiplier names tools that exist', () => {
    const change = (text: string) => text.replace('{ id: glm-5-peak, ', '{ id: glm-5-peak, tools: [nobody], ')
    expect(faults(change).join()).toContain('no tool nobody')
  })
})
