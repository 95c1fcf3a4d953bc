import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

import type { CallEvidence } from '@codeplan/core'
import { sliceOf, type MessageOutline, type Outline } from '@codeplan/dialect'

/**
 * Reads off a request what it says about the question it serves: message structure first, then the session marks that
 * some tools send. The rules that judge it are in core (`choosePrompt`).
 */
export function classify(headers: IncomingHttpHeaders, outline: Outline): CallEvidence {
  const texts = outline.messages.flatMap((message) => message.texts)
  const questions = outline.messages.filter((message) => message.kind === 'user').length
  const mark = sessionOf(headers, outline)
  const turn = codexTurn(headers)
  const session = short(mark === undefined ? `first:${texts[0] ?? ''}` : `mark:${mark}`)
  const key = short(`${session}\n${turn ?? texts.join('\n')}`)
  const read = readCall(headers, outline, mark !== undefined)
  return { ...read, compacts: read.mark === 'compaction' && turn === undefined, key, session, opening: questions <= 1 }
}

/**
 * Codex names the turn that a call serves, sub-agents' calls included: as exact as the texts of a person, and the same after
 * it has compacted in the middle of its work and put other texts in their place.
 */
function codexTurn(headers: IncomingHttpHeaders): string | undefined {
  const metadata = headers['x-codex-turn-metadata']
  return typeof metadata === 'string' ? /"root_turn_id":"([\w-]+)"/.exec(metadata)?.[1] : undefined
}

/** The last message that a person or a tool wrote: system entries at the end of the list say nothing (Claude Code). */
function lastMessage(messages: readonly MessageOutline[]): MessageOutline | undefined {
  return messages.findLast((message) => message.kind !== 'system' && message.kind !== 'reminder')
}

/** More messages than this are a conversation, not a single text that wants a title. */
const TITLE_MESSAGES_MAX = 4

function readCall(
  headers: IncomingHttpHeaders,
  outline: Outline,
  hasSession: boolean,
): Pick<CallEvidence, 'asked' | 'mark'> {
  if (SUB_AGENT_HEADERS.some((name) => headers[name] !== undefined) || saysSubAgent(outline)) {
    return { asked: 'background', mark: 'sub_agent' }
  }
  if (outline.maxTokens === 1) return { asked: 'background', mark: 'probe' }
  const last = lastMessage(outline.messages)
  if (last && asksForSummary(outline, last)) return { asked: 'background', mark: 'compaction' }
  // A tool that marks its sessions sends its own tools with every question: a call without any is its housekeeping.
  if (hasSession && outline.toolCount === 0) {
    return { asked: 'background', mark: outline.messages.length > TITLE_MESSAGES_MAX ? 'compaction' : 'title' }
  }
  if (last?.kind === 'tool_result') return { asked: 'follow_up', mark: 'tool_result' }
  if (last?.kind === 'assistant') return { asked: 'follow_up', mark: 'prefilled_answer' }
  return { asked: 'question', mark: 'user_message' }
}

/** Claude Code asks for both tags when it compacts, beside tool results or alone, with its tools still offered. */
const SUMMARY_BYTES_MAX = 32_768

function asksForSummary({ body }: Outline, { span }: MessageOutline): boolean {
  const end = body.subarray(Math.max(span.start, span.end - SUMMARY_BYTES_MAX), span.end)
  return end.includes('<analysis>') && end.includes('<summary>')
}

const SESSION_HEADERS = ['x-claude-code-session-id', 'x-session-id', 'session-id', 'session_id'] as const
const SUB_AGENT_HEADERS = [
  'x-claude-code-agent-id',
  'x-parent-session-id',
  'x-openai-subagent',
  'x-codex-parent-thread-id',
] as const

/** Kilo Code names the session of a title call after the one that the title is for. */
const TITLE_OF = /^title-(?=ses_)/

/** A child session belongs to the prompt of its parent, so the parent's mark counts. */
function sessionOf(headers: IncomingHttpHeaders, outline: Outline): string | undefined {
  const parent = headers['x-parent-session-id'] ?? headers['x-codex-parent-thread-id']
  const own = parent ?? SESSION_HEADERS.map((name) => headers[name]).find((value) => value !== undefined)
  if (typeof own === 'string' && own !== '') return own.replace(TITLE_OF, '')
  // Older releases of Claude Code mark only the body: `metadata.user_id` is a JSON text that holds `session_id`.
  const metadata = outline.metadata ? sliceOf(outline.body, outline.metadata) : ''
  return /session_id\\*":\\*"([\w-]+)/.exec(metadata)?.[1] ?? /_session_([\w-]+)/.exec(metadata)?.[1]
}

/** Claude Code writes it into the first line of its system prompt. */
const BILLING_LINE_MAX = 600

function saysSubAgent({ system, body }: Outline): boolean {
  if (!system) return false
  const line = { start: system.start, end: Math.min(system.end, system.start + BILLING_LINE_MAX) }
  return sliceOf(body, line).includes('cc_is_subagent=true')
}

const short = (text: string): string => hash('sha256', text, 'base64url').slice(0, 27)
