import { send, type Heard } from '../house/ask.ts'

export interface Fence {
  readonly language: string
  readonly text: string
}

/** The examples of a page, in their order. */
export const fencesOf = (markdown: string): readonly Fence[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))

export const withoutFences = (markdown: string): string => markdown.replace(/^```(\w*)\n[\s\S]*?^```$/gm, '')

/** The words of a line for a shell, as far as our examples use one: quotes, and a backslash at the end of a line. */
function wordsOf(line: string): readonly string[] {
  return [...line.replaceAll('\\\n', ' ').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

/** Does what a reader who copies a curl example does, with a key of his own. */
export async function runCurl(example: string, key: string, url: (text: string) => string): Promise<Heard> {
  const [curl, ...words] = wordsOf(url(example).replaceAll('YOUR_KEY', key))
  if (curl !== 'curl') throw new Error(`no curl example: ${example}`)
  const headers: Record<string, string> = { 'user-agent': 'curl/8' }
  let address = ''
  let method: string | undefined
  let body: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const next = words[at + 1] ?? ''
    if (word === '-H')
      headers[next.slice(0, next.indexOf(':')).toLowerCase()] = next.slice(next.indexOf(':') + 1).trim()
    else if (word === '-A') headers['user-agent'] = next
    else if (word === '-X') method = next
    else if (word === '-d') body = next
    else if (!word.startsWith('-')) {
      address = word
      continue
    } else throw new Error(`unknown option ${word} in: ${example}`)
    at++
  }
  return send(address, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body === undefined ? {} : { body }),
  })
}
