import { FieldError, listAt, objectAt, optionalBoolean, optionalString, stringAt } from '../field.ts'
import { asText, isPresent } from '../json.ts'
import { literalOf } from '../latin1.ts'
import type { JsonObject } from '../json.ts'

/**
 * A tool that the Responses wire knows and the other wires do not: it is offered to the upstream as a function, and the
 * upstream's call of that function is told to the client as a call of the tool. Names are JSON literals in latin1 form.
 */
export interface CalledTool {
  readonly kind: 'function' | 'custom' | 'local_shell'
  readonly name: string
  readonly namespace?: string
}

/** By the name of the function; a tool that is a plain function of that very name is not listed. */
export type CalledTools = ReadonlyMap<string, CalledTool>

export interface OfferedTools {
  /** In the form of the Messages API. */
  readonly tools: readonly JsonObject[]
  readonly called: CalledTools
  /** Kinds of tools that are left out: they run inside their vendor's own service (`web_search`, `file_search` …). */
  readonly dropped: readonly string[]
}

export const LOCAL_SHELL = 'local_shell'

export function responsesTools(value: unknown, wide: boolean): OfferedTools {
  const tools: JsonObject[] = []
  const called = new Map<string, CalledTool>()
  const dropped = new Set<string>()
  const offer = (list: unknown, at: string, namespace: string | undefined): void => {
    for (const [i, item] of listAt(list, at).entries()) {
      const field = `${at}[${i}]`
      const given = objectAt(item, field)
      const type = stringAt(given['type'], `${field}.type`)
      if (type === 'namespace') {
        offer(given['tools'], `${field}.tools`, stringAt(given['name'], `${field}.name`))
        continue
      }
      const tool = functionOf(type, given, field)
      if (!tool) {
        if (!KIND.test(type)) throw new FieldError(`${field}.type`, 'is not a kind of tool')
        dropped.add(type)
        continue
      }
      const name = functionName(tool.name, namespace)
      if (tools.some((other) => other['name'] === name)) {
        throw new FieldError(`${field}.name`, 'must differ from the names of the other tools')
      }
      tools.push({ ...tool.offered, name })
      if (name === tool.name && tool.kind === 'function') continue
      const inside = namespace === undefined ? {} : { namespace: literalOf(namespace, wide) }
      called.set(name, { kind: tool.kind, name: literalOf(tool.name, wide), ...inside })
    }
  }
  if (isPresent(value)) offer(value, 'tools', undefined)
  return { tools, called, dropped: [...dropped] }
}

const KIND = /^\w{1,64}$/

/** What both wires take as a function's name; the longest is 64 characters. */
const NAME_MAX = 64

/** The name of the function that stands for a tool: the same in every call, or the upstream's prompt cache would not hold. */
function functionName(name: string, namespace: string | undefined): string {
  // Codex ends the namespaces of MCP servers in two underscores itself.
  const joined = namespace === undefined ? name : `${namespace}${namespace.endsWith('__') ? '' : '__'}${name}`
  const plain = joined.replace(/[^a-zA-Z0-9_-]/g, '_')
  return plain.length <= NAME_MAX ? plain : `${plain.slice(0, NAME_MAX - 9)}_${checksum(joined)}`
}

/** FNV-1a, 8 hex characters: tells long names with the same beginning apart. */
function checksum(text: string): string {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return (sum >>> 0).toString(16).padStart(8, '0')
}

interface Offer {
  readonly kind: CalledTool['kind']
  readonly name: string
  readonly offered: JsonObject
}

function functionOf(type: string, given: JsonObject, field: string): Offer | undefined {
  switch (type) {
    case 'function': {
      const schema = isPresent(given['parameters']) ? objectAt(given['parameters'], `${field}.parameters`) : {}
      return {
        kind: 'function',
        name: stringAt(given['name'], `${field}.name`),
        offered: {
          ...described(optionalString(given['description'], `${field}.description`)),
          // The Messages API demands the type, where `{}` is allowed here.
          input_schema: isPresent(schema['type']) ? schema : { type: 'object', properties: {}, ...schema },
          ...(given['strict'] === true ? { strict: true } : {}),
        },
      }
    }
    case 'custom':
      return { kind: 'custom', name: stringAt(given['name'], `${field}.name`), offered: freeform(given, field) }
    case LOCAL_SHELL:
      return { kind: LOCAL_SHELL, name: LOCAL_SHELL, offered: SHELL }
    default:
      return undefined
  }
}

const described = (description: string | undefined): JsonObject => (description === undefined ? {} : { description })

/** A custom tool takes free text: as a function, one string. No engine holds to its grammar, so the model is told it. */
function freeform(given: JsonObject, field: string): JsonObject {
  const format = isPresent(given['format']) ? objectAt(given['format'], `${field}.format`) : {}
  const grammar = asText(format['definition'])
  const syntax = asText(format['syntax']) ?? 'given'
  const told = [
    optionalString(given['description'], `${field}.description`) ?? '',
    grammar === undefined ? '' : `The text in "input" must follow this ${syntax} grammar:\n${grammar}`,
  ]
  return {
    description: told.filter((text) => text !== '').join('\n\n'),
    input_schema: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}

const SHELL: JsonObject = {
  description: 'Runs a command on the machine of the person and answers with its output.',
  input_schema: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments.' },
      working_directory: { type: 'string' },
      timeout_ms: { type: 'number' },
    },
    required: ['command'],
  },
}

export interface ToolChoice {
  readonly tools: readonly JsonObject[]
  readonly choice: JsonObject | undefined
}

/** `tool_choice` in the form of the Messages API, and the tools that it leaves. */
export function responsesToolChoice(value: unknown, parallel: unknown, offered: readonly JsonObject[]): ToolChoice {
  const single = optionalBoolean(parallel, 'parallel_tool_calls') === false
  const { tools, choice } = chosen(value, offered)
  if (!single || choice?.['type'] === 'none') return { tools, choice }
  return { tools, choice: { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true } }
}

function chosen(value: unknown, tools: readonly JsonObject[]): ToolChoice {
  // `auto` is what an upstream does when it is told nothing.
  if (!isPresent(value) || value === 'auto') return { tools, choice: undefined }
  if (value === 'none') return { tools, choice: { type: 'none' } }
  if (value === 'required') return { tools, choice: { type: 'any' } }
  const given = objectAt(value, 'tool_choice')
  if (given['type'] === 'allowed_tools') {
    const names = new Set(
      listAt(given['tools'], 'tool_choice.tools').map((item, i) => nameOf(item, `tool_choice.tools[${i}]`)),
    )
    const left = tools.filter((tool) => names.has(String(tool['name'])))
    return { tools: left, choice: given['mode'] === 'required' ? { type: 'any' } : undefined }
  }
  const name = nameOf(given, 'tool_choice')
  if (!tools.some((tool) => tool['name'] === name)) throw new FieldError('tool_choice', 'must name one of the tools')
  return { tools, choice: { type: 'tool', name } }
}

function nameOf(value: unknown, field: string): string {
  const given = objectAt(value, field)
  return given['type'] === LOCAL_SHELL ? LOCAL_SHELL : nameAt(given, field)
}

/** The function that a call, or a choice, means by a name and perhaps a namespace. */
export function nameAt(given: JsonObject, field: string): string {
  return functionName(
    stringAt(given['name'], `${field}.name`),
    optionalString(given['namespace'], `${field}.namespace`),
  )
}
