import { send, type Heard } from './ask.ts'
import type { House } from './house.ts'

/** One message of MCP as it stands on the wire. */
export const rpc = (
  house: Pick<House, 'url'>,
  path: string,
  key: string,
  message: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Heard> =>
  send(house.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: key, ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  })

export const calling = (name: string, args: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
})

export interface ToolAnswer {
  readonly isError: boolean
  /** What the tool said. */
  readonly text: string
  /** The client is told, not the model. */
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data?: Readonly<Record<string, unknown>>
  }
}

export async function callTool(
  house: Pick<House, 'url'>,
  path: string,
  key: string,
  name: string,
  args: unknown,
): Promise<ToolAnswer> {
  const { result, error } = JSON.parse((await rpc(house, path, key, calling(name, args))).text)
  return { isError: result?.isError === true, text: result?.content?.[0]?.text ?? '', ...(error ? { error } : {}) }
}
