import type { OfferedTool } from './ask.ts'
import type { JsonObject } from './json.ts'
import { listOf, objectOf, textOf } from './json.ts'

export interface ToolCall {
  readonly name: string
  readonly input: JsonObject
}

const writers =
  /^(write|writefile|createfile|writetofile|filewrite|savefile|editor|strreplacebasededittool|texteditor)$/
const shells =
  /^(bash|shell|localshell|runshellcommand|execcommand|executecommand|executebash|runcommands?|runinterminal|terminal)$/
const pathNames = ['file_path', 'filePath', 'absolute_path', 'path', 'filename', 'file']
const contentNames = ['content', 'contents', 'file_text', 'file_content', 'new_text', 'text']
const commandNames = ['command', 'cmd', 'commands', 'script', 'input']

/** A call that writes the file, if one of the tools offered can. */
export function writeCall(
  tools: readonly OfferedTool[],
  directory: string | undefined,
  file: string,
  content: string,
): ToolCall | undefined {
  for (const tool of tools) {
    if (!writers.test(plainName(tool))) continue
    const properties = propertiesOf(tool, { command: {}, path: {}, file_text: {} })
    const path = pathNames.find((name) => name in properties)
    const body = contentNames.find((name) => name in properties)
    if (!path || !body) continue
    const absolute = wantsAbsolute(path, objectOf(properties[path]))
    if (absolute && !directory) continue
    const where = absolute && directory ? within(directory, file) : file
    const verb = 'command' in properties ? { command: 'create' } : {}
    return { name: tool.name, input: withRequired(tool, { ...verb, [path]: where, [body]: content }, `Create ${file}`) }
  }
  return undefined
}

/** A call that adds the file by a patch, in the format of Codex's `apply_patch`: a freeform tool, behind a function here. */
export function patchCall(tools: readonly OfferedTool[], file: string, content: string): ToolCall | undefined {
  const tool = tools.find((offered) => plainName(offered) === 'applypatch')
  if (!tool || !('input' in objectOf(tool.schema.properties))) return undefined
  const lines = content.split('\n').map((line) => `+${line}`)
  const input = ['*** Begin Patch', `*** Add File: ${file}`, ...lines, '*** End Patch', ''].join('\n')
  return { name: tool.name, input: { input } }
}

/** A call that runs the command, if one of the tools offered is a shell. */
export function shellCall(tools: readonly OfferedTool[], command: string, purpose: string): ToolCall | undefined {
  for (const tool of tools) {
    if (!shells.test(plainName(tool))) continue
    const properties = propertiesOf(tool, { command: {} })
    const name = commandNames.find((candidate) => candidate in properties)
    if (!name) continue
    const said = 'description' in properties ? { description: purpose } : {}
    const value = objectOf(properties[name]).type === 'array' ? asList(name, command) : command
    return { name: tool.name, input: withRequired(tool, { [name]: value, ...said }, purpose) }
  }
  return undefined
}

/** A call of a tool that the caller insists on: whatever its schema demands, filled in. */
export function forcedCall(tool: OfferedTool, purpose: string): ToolCall {
  return { name: tool.name, input: withRequired(tool, {}, purpose) }
}

export function writeCommand(file: string, content: string): string {
  return `printf '%s' ${quoted(content)} > ${quoted(file)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** `commands: [...]` is a list of command lines, `command: [...]` one command as an argument vector. */
function asList(name: string, command: string): string[] {
  return name === 'commands' ? [command] : ['bash', '-lc', command]
}

function plainName(tool: OfferedTool): string {
  return tool.name.toLowerCase().replace(/[^a-z]/g, '')
}

function propertiesOf(tool: OfferedTool, vendorDefined: JsonObject): JsonObject {
  return /^(bash|text_editor)_\d+$/.test(tool.type) ? vendorDefined : objectOf(tool.schema.properties)
}

function wantsAbsolute(name: string, property: JsonObject): boolean {
  const described = textOf(property.description)
  return /^(file_?path|absolute_path)$/i.test(name) || /\babsolute\b/i.test(described)
}

function within(directory: string, file: string): string {
  if (file.startsWith('/') || /^[A-Za-z]:\\/.test(file)) return file
  const slash = directory.includes('\\') ? '\\' : '/'
  return `${directory.replace(/[/\\]+$/, '')}${slash}${file}`
}

function withRequired(tool: OfferedTool, given: JsonObject, purpose: string): JsonObject {
  const missing = listOf(tool.schema.required).filter((name) => typeof name === 'string' && !(name in given))
  const properties = objectOf(tool.schema.properties)
  return { ...given, ...Object.fromEntries(missing.map((name) => [name, sample(properties[String(name)], purpose)])) }
}

/** The plainest value that a JSON schema accepts. */
export function sample(schema: unknown, text: string): unknown {
  const { type, enum: allowed, properties, required, items } = objectOf(schema)
  if (Array.isArray(allowed)) return allowed[0]
  const kind = Array.isArray(type) ? type[0] : type
  if (kind === 'boolean') return false
  if (kind === 'number' || kind === 'integer') return 0
  if (kind === 'array') return items ? [sample(items, text)] : []
  if (kind !== 'object' && !properties) return text
  const names = Array.isArray(required) ? required.map(String) : Object.keys(objectOf(properties))
  return Object.fromEntries(names.map((name) => [name, sample(objectOf(properties)[name], text)]))
}
