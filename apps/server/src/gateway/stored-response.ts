import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Refusal } from '../platform/index.ts'
import { makeCallId } from './call-id.ts'
import { isRefused } from '../identity/index.ts'
import type { CallDeps } from './deps.ts'
import { itemsOf } from './earlier-responses.ts'
import { refuse } from './refuse.ts'
import { deleteResponse, readChain } from './responses-store.ts'
import type { Target } from './routes.ts'

/** Items of one answer of the list, as the public API has it. */
const ITEMS = 20
const ITEMS_MAX = 100

/** A response that was kept: GET, DELETE, and GET of the items that it answered. Visible to its member only. */
export async function handleStored(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const now = deps.clock.now()
  const { operator, limits } = deps.catalog.current()
  const how = { wire: target.wire, requestId: makeCallId(now), zone: operator.zone, form: 'classic' as const }
  const no = (refusal: Refusal): void => refuse(req, res, how, refusal)
  const principal = await deps.identify(req)
  if (isRefused(principal)) return no(principal)
  if (principal.suspended) return no({ code: 'suspended', appeal: operator.appeal })
  const [, id = '', items] = /\/responses\/([^/]+)(\/input_items)?$/.exec(target.path) ?? []
  const answer = (body: string): void => {
    res.setHeader('content-type', 'application/json; charset=utf-8')
    res.setHeader('x-request-id', how.requestId)
    res.end(body)
  }
  if (req.method === 'DELETE') {
    const gone = await deleteResponse(deps.queries, principal.memberId, id, now)
    if (!gone) return no({ code: 'response_gone', status: 404 })
    return answer(JSON.stringify({ id, object: 'response', deleted: true }))
  }
  const chain = await readChain(deps.queries, principal.memberId, id, {
    now,
    bytesMax: items ? limits.bodyBytesMax : 0,
  })
  const own = chain.at(-1)
  if (!own) return no({ code: 'response_gone', status: 404 })
  if (!items) return answer(own.response)
  const asked = [...chain.slice(0, -1).flatMap(itemsOf), ...(JSON.parse(own.input) as unknown[])]
  answer(JSON.stringify(pageOf(asked as Item[], new URL(req.url ?? '', 'http://localhost').searchParams)))
}

interface Item {
  readonly id?: string
}

/** The newest first, unless it is asked otherwise. */
function pageOf(asked: readonly Item[], query: URLSearchParams): object {
  const ordered = query.get('order') === 'asc' ? asked : asked.toReversed()
  const after = query.get('after')
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  const limit = Math.min(Number(query.get('limit')) || ITEMS, ITEMS_MAX)
  const data = ordered.slice(from, from + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < ordered.length,
  }
}
