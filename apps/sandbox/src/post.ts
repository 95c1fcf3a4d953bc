import { type Agent, type IncomingMessage, request } from 'node:http'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly agent: Agent | undefined
  readonly signal: AbortSignal | undefined
}

/** `node:http` rather than `fetch`, so that thousands of tools can run in one process. */
export function post({ url, headers, body, agent, signal }: Post): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
        ...(agent ? { agent } : {}),
        ...(signal ? { signal } : {}),
      },
      resolve,
    )
    req.once('error', reject)
    req.end(body)
  })
}

export async function readText(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of res as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
