import type { Ask, SeenImage, Turn } from './ask.ts'
import { withoutDirectives } from './directives.ts'

/** Where a conversation stands: what the person asked last, and how far the tool has come with it. */
export interface Standing {
  readonly prompt: string
  readonly images: readonly SeenImage[]
  readonly callTurns: number
  /** The last tool result was an error. */
  readonly failed: boolean
  readonly directory: string | undefined
}

export interface FileTask {
  readonly file: string
  readonly content: string
}

export function standingOf(ask: Ask): Standing {
  const turns = ask.turns.filter((turn) => turn.role !== 'system')
  const { prompt, from } = lastPrompt(turns)
  const since = turns.slice(from)
  return {
    prompt,
    images: since.flatMap((turn) => turn.images),
    callTurns: since.filter((turn) => turn.calls.length > 0).length,
    failed: turns.at(-1)?.failed === true,
    directory: workingDirectory(ask.turns),
  }
}

/**
 * Tools speak in the user's name too: reminders, environment descriptions, notes beside a tool result. The prompt is the
 * last text that can be the person's own; a text right after a tool result counts only if it is a task by itself.
 */
function lastPrompt(turns: readonly Turn[]): { prompt: string; from: number } {
  let end = turns.length - 1
  while (end >= 0) {
    let start = end
    while (start > 0 && turns[start]?.role === 'user' && turns[start - 1]?.role === 'user') start--
    const texts = turns[end]?.role === 'user' ? authored(turns.slice(start, end + 1)) : []
    const task = texts.findLast(isTask)
    const besideResults = turns[start - 1]?.role === 'tool'
    const prompt = task ?? (besideResults ? undefined : texts.at(-1))
    if (prompt !== undefined) return { prompt, from: start }
    end = start - 1
  }
  return { prompt: '', from: 0 }
}

const spokenByTools = /<(system-reminder|environment_details|environment_context|user_instructions)>[\s\S]*?<\/\1>/g

function authored(turns: readonly Turn[]): string[] {
  const texts = turns.flatMap((turn) => turn.texts).map((text) => text.replace(spokenByTools, '').trim())
  return texts.filter((text) => text !== '')
}

function isTask(text: string): boolean {
  return text.includes('[[') || asksForSummary(text) || fileTask(text) !== undefined
}

export function asksForSummary(text: string): boolean {
  return /<summary>|\bsummar(y|ize|ise) (of )?(the|this|our) conversation/i.test(text)
}

const tasks = [
  /\bcreate (?:a|the) (?:new )?file (?:named |called )?[`"']?([^\s`"']+)[`"']?(?: in the current directory)? with (?:exactly )?(?:this|the) content:?\s+([\s\S]+)/i,
  /\bwrite [`"']([\s\S]+)[`"'] (?:in)?to (?:a |the )?(?:new )?(?:file )?(?:named |called )?[`"']?([^\s`"']+)[`"']?/i,
]

export function fileTask(text: string): FileTask | undefined {
  // OpenCode sends the words of its command line in quotes, as one string.
  const plain = withoutDirectives(/^"[\s\S]*"$/.test(text.trim()) ? text.trim().slice(1, -1) : text)
  const created = tasks[0]?.exec(plain)
  if (created) return { file: created[1] ?? '', content: created[2] ?? '' }
  const written = tasks[1]?.exec(plain)
  return written ? { file: written[2] ?? '', content: written[1] ?? '' } : undefined
}

const directories = [
  /<cwd>([^<\n]+)<\/cwd>/,
  /working directory(?: is)?\s*[:=]?\s*((?:\/|[A-Za-z]:\\)[^\n<"`]*)/i,
  /working in the directory:\s*((?:\/|[A-Za-z]:\\)[^\n<"`]*)/i,
  /\bcwd"?\s*[:=]\s*"?((?:\/|[A-Za-z]:\\)[^\n<"`]*)/i,
]

function workingDirectory(turns: readonly Turn[]): string | undefined {
  for (const pattern of directories) {
    for (const text of turns.flatMap((turn) => turn.texts)) {
      const found = pattern.exec(text)?.[1]?.trim().replace(/\.$/, '')
      if (found) return found
    }
  }
  return undefined
}
