import { objectOf, textOf } from './json.ts'
import { projectDirectory, type Requested } from './tool-wire.ts'

/** Does in memory what a real tool would do on the disk. */
export function carryOut({ name, json }: Requested, files: Map<string, string>): string {
  const input = objectOf(JSON.parse(json || '{}'))
  const path = textOf(input.file_path ?? input.filePath)
  if (path) {
    files.set(inProject(path), textOf(input.content))
    return `Wrote ${path}.`
  }
  const command = textOf(input.command)
  const printed = /^printf '%s' '([\s\S]*)' > '([\s\S]*)'$/.exec(command)
  if (printed) {
    files.set(inProject(unquoted(printed[2] ?? '')), unquoted(printed[1] ?? ''))
    return ''
  }
  const echoed = /^echo (.*)$/s.exec(command)
  return echoed ? `${echoed[1]}\n` : `${name}: the sandbox tool does not know how to run this.`
}

function inProject(path: string): string {
  return path.startsWith(`${projectDirectory}/`) ? path.slice(projectDirectory.length + 1) : path
}

function unquoted(text: string): string {
  return text.replaceAll(`'\\''`, "'")
}
