import type { IncomingHttpHeaders } from 'node:http'

import { no, yes, type Outcome } from '@codeplan/core'
import {
  spliceRequest,
  translateRequest,
  unmarkThinking,
  type Outline,
  type ResponsesAsked,
  type Wire,
} from '@codeplan/dialect'

import type { Model, Route } from '../catalog/index.ts'
import type { Refusal } from '../platform/index.ts'

export interface UpstreamRequest {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  /** Of a Responses request: what its answer has to know. */
  readonly asked?: ResponsesAsked | undefined
}

/** Headers of the client that mean something to an upstream of the Messages API; all others end here. */
const PASSED = ['anthropic-version', 'anthropic-beta'] as const
const VERSION_DEFAULT = '2023-06-01'

/** What a route's upstream is sent: the caller's own bytes where both speak the same dialect, else a translation. */
export function prepare(
  request: {
    readonly wire: Wire
    readonly outline: Outline
    readonly body: Buffer
    readonly headers: IncomingHttpHeaders
  },
  model: Model,
  route: Route,
): Outcome<UpstreamRequest, Refusal> {
  const { kind } = route.upstream
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (kind === 'anthropic') {
    headers['anthropic-version'] = VERSION_DEFAULT
    for (const name of PASSED) {
      const value = request.headers[name]
      if (typeof value === 'string') headers[name] = value
    }
  }
  if (kind !== request.wire) {
    const translated = translateRequest(request.wire, kind, request.body, {
      model: route.model,
      servedModel: model.id,
      defaultMaxTokens: model.outputTokensMax,
    })
    if (!translated.ok) return no({ code: 'bad_field', field: translated.field, why: translated.why })
    return yes({ body: Buffer.from(translated.body, 'latin1'), headers, asked: translated.asked })
  }
  const spliced = spliceRequest(kind, request.outline, { model: route.model, foldSystem: route.upstream.foldSystem })
  if (kind === 'openai' || !request.outline.marked) return yes({ body: spliced, headers })
  return yes({ body: Buffer.from(unmarkThinking(spliced.toString('latin1'), model.id), 'latin1'), headers })
}
