import { asList, asObject, isPresent } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** What a Responses request says of responses that are kept. */
export interface Storing {
  readonly store: boolean
  readonly previousId: string | undefined
  /** Its own input, without what came before; real strings. */
  readonly items: readonly JsonObject[]
}

const MAY_SAY = /"store"\s*:\s*true|"previous_response_id"\s*:\s*"/

/** Undefined where nothing is kept: Codex says `store:false`, so its requests are not built for this. */
export function readStoring(body: Buffer): Storing | undefined {
  if (!MAY_SAY.test(body.toString('latin1'))) return undefined
  const request = parsed(body)
  const items = request && itemsOf(request['input'])
  if (!items) return undefined
  const store = request['store'] === true
  const previous = request['previous_response_id']
  const previousId = typeof previous === 'string' ? previous : undefined
  return store || previousId !== undefined ? { store, previousId, items } : undefined
}

/** The request with the items of the responses before it in front of its own. */
export function withEarlier(body: Buffer, earlier: readonly unknown[], storing: Storing): Buffer {
  return Buffer.from(JSON.stringify({ ...parsed(body), input: [...earlier, ...storing.items] }))
}

/** Broken JSON and wrong kinds are found, and worded, by the outline. */
function parsed(body: Buffer): JsonObject | undefined {
  try {
    return asObject(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}

function itemsOf(input: unknown): JsonObject[] | undefined {
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  }
  const items = asList(input)?.map(asObject)
  return items?.every(isPresent) ? (items as JsonObject[]) : undefined
}
