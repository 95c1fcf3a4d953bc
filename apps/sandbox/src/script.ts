import type { Ask, SeenImage } from './ask.ts'
import type { Directives } from './directives.ts'
import { withoutDirectives } from './directives.ts'
import type { FileTask, Standing } from './standing.ts'
import { asksForSummary, fileTask } from './standing.ts'
import type { ToolCall } from './toolbox.ts'
import { forcedCall, patchCall, sample, shellCall, writeCall, writeCommand } from './toolbox.ts'

/** What the simulated model says, before it is put into either dialect. */
export interface Reply {
  readonly thinking: string
  readonly text: string
  readonly calls: readonly ToolCall[]
}

/** Nobody may take what the sandbox says for the words of a model. */
const note = '(Codeplan sandbox simulation, not a language model.)'

export function reply(ask: Ask, standing: Standing, directives: Directives): Reply {
  const thinking = ask.thinks ? `The sandbox simulation reads call ${standing.callTurns + 1} of this prompt.` : ''
  const say = (text: string, calls: readonly ToolCall[] = []): Reply => ({ thinking, text, calls })
  if (asksForSummary(standing.prompt)) return say(summary(standing))
  if (asksForTitle(ask)) return say(ask.format ? JSON.stringify({ title: title(standing) }) : title(standing))
  if (ask.format) return say(JSON.stringify(sample({ type: 'object', ...ask.format }, 'sandbox simulation')))
  const calls = ask.toolChoice === 'none' ? [] : nextCalls(ask, standing, directives)
  if (calls.length > 0) return say(`Working on it, step ${standing.callTurns + 1}. ${note}`, calls)
  return say(`${conclusion(standing)}${sights(standing.images)} ${note}`)
}

function nextCalls(ask: Ask, standing: Standing, directives: Directives): ToolCall[] {
  const use = directives.uses[standing.callTurns]
  if (use) return ask.tools.some(({ name }) => name === use.name) ? [use] : []
  const task = fileTask(standing.prompt)
  const total = task || directives.steps > 1 ? directives.steps : 0
  const step = standing.callTurns + 1
  if (step > total) {
    const forced = step === 1 ? insisted(ask) : undefined
    return forced ?? (step === total + 1 ? secondTry(ask, standing, task) : [])
  }
  const aim = step === total && task ? writing(ask, standing, task) : undefined
  const call = aim ?? echo(ask, step) ?? (task && writing(ask, standing, task))
  if (!call) return []
  const beside = Array.from({ length: directives.parallel - 1 }, (_, n) => echo(ask, `${step}.${n + 1}`) ?? call)
  return [...beside, call]
}

function writing(ask: Ask, standing: Standing, task: FileTask): ToolCall | undefined {
  const byShell = () => shellCall(ask.tools, writeCommand(task.file, task.content), `Create ${task.file}`)
  return (
    writeCall(ask.tools, standing.directory, task.file, task.content) ??
    patchCall(ask.tools, task.file, task.content) ??
    byShell()
  )
}

/** Tools refuse to overwrite a file that was not read before; the shell does not. */
function secondTry(ask: Ask, standing: Standing, task: FileTask | undefined): ToolCall[] {
  if (!task || !standing.failed) return []
  const call = shellCall(ask.tools, writeCommand(task.file, task.content), `Create ${task.file}`)
  return call ? [call] : []
}

function insisted(ask: Ask): ToolCall[] | undefined {
  const { toolChoice, tools } = ask
  const tool = typeof toolChoice === 'object' ? tools.find(({ name }) => name === toolChoice.name) : tools[0]
  return toolChoice !== 'auto' && tool ? [forcedCall(tool, 'sandbox simulation')] : undefined
}

function echo(ask: Ask, step: number | string): ToolCall | undefined {
  return shellCall(ask.tools, `echo step ${step}`, `Take step ${step}`)
}

function conclusion({ prompt, callTurns, failed }: Standing): string {
  const task = fileTask(prompt)
  if (failed) return 'The last tool call failed, so I stop here.'
  if (task) return callTurns > 0 ? `Created ${task.file}.` : `I was offered no tool that could write ${task.file}.`
  return callTurns > 0
    ? `Done after ${callTurns} step(s).`
    : `You said: "${shortened(withoutDirectives(prompt), 120)}".`
}

function sights(images: readonly SeenImage[]): string {
  return images
    .map(({ mediaType, bytes }) =>
      mediaType === 'url' ? ' I was pointed to an image by URL.' : ` I see an image (${mediaType}, ${bytes} bytes).`,
    )
    .join('')
}

function summary({ callTurns }: Standing): string {
  return (
    `<analysis>The sandbox simulation looked back at ${callTurns} tool call turn(s).</analysis>\n` +
    `<summary>The conversation so far was held with the Codeplan sandbox simulation; nothing is left open.</summary>`
  )
}

export function asksForTitle(ask: Ask): boolean {
  if (ask.tools.length > 0) return false
  if (ask.format && 'title' in Object(ask.format.properties)) return true
  return ask.turns.some((turn) => turn.role === 'system' && turn.texts.some((text) => /\btitles?\b/i.test(text)))
}

function title({ prompt }: Standing): string {
  const task = fileTask(prompt.replace(/<\/?session>/g, ''))
  const subject = task ? `Create ${task.file}` : shortened(withoutDirectives(prompt.replace(/<\/?session>/g, '')), 28)
  return `${subject} (sandbox simulation)`
}

function shortened(text: string, longest: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
