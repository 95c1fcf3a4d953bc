import { no, yes, type Outcome } from '@codeplan/core'
import inject from 'light-my-request'

import type { ToolDeps } from '../deps.ts'
import type { Said } from '../mcp/mcp-tool.ts'
import type { Caller } from '../serve.ts'

/** Not one of the tools that take 429 for a passing fault: what it hears is passed on as it is. */
const AGENT = 'codeplan-vision/1'
/** The headers of the caller that say who it is, from where, and in which language it hears a "no". */
const PASSED_ON = ['authorization', 'x-api-key', 'accept-language', 'x-forwarded-for'] as const

/**
 * A call to the vision model by the gateway's own path, on the caller's key: routes, rests, places and settlement are those of
 * every model call, and the plan's calls of vision pay for it.
 */
export async function askVision(
  deps: Pick<ToolDeps, 'catalog' | 'gateway'>,
  caller: Caller,
  wish: { readonly instruction: string; readonly prompt: string; readonly images: readonly string[] },
): Promise<Outcome<string, Said>> {
  const { vision } = deps.catalog.current().services
  const images = wish.images.map((url) => ({ type: 'image_url', image_url: { url } }))
  const answer = await inject((req, res) => deps.gateway.handleVision(req, res), {
    method: 'POST',
    url: '/api/mcp/vision',
    remoteAddress: caller.address,
    headers: { 'content-type': 'application/json', 'user-agent': AGENT, ...passedOn(caller) },
    payload: JSON.stringify({
      model: vision.models[0],
      stream: false,
      max_tokens: vision.answer_tokens_max,
      messages: [
        { role: 'system', content: wish.instruction },
        { role: 'user', content: [...images, { type: 'text', text: wish.prompt }] },
      ],
    }),
  })
  const body = JSON.parse(answer.payload) as Answer
  if (answer.statusCode === 200) return yes(body.choices?.[0]?.message?.content ?? '')
  const { code = '', message = '', detail } = body.error ?? {}
  return no({ status: answer.statusCode, code, message, ...(detail ? { detail } : {}) })
}

interface Answer {
  readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[]
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly detail?: Readonly<Record<string, unknown>>
  }
}

const passedOn = ({ headers }: Caller): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = [headers[name] ?? []].flat()[0]
      return value === undefined ? [] : [[name, value]]
    }),
  )
