import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { cardOf } from './bank-cards.ts'
import { nested, readBody, type Form } from './form.ts'
import type { ProviderStandIn, Told } from './stand-in.ts'
import { missing, Refused, shownMethod, StripeBooks, type Session } from './stripe-books.ts'

export interface StripeStandInOptions {
  readonly secretKey: string
  readonly webhookSecret: string
}

/** The header that proves a notification: an HMAC of the second and the bytes. */
export function stripeSignature(body: string, secret: string, atSec: number): string {
  return `t=${atSec},v1=${createHmac('sha256', secret).update(`${atSec}.${body}`).digest('hex')}`
}

/**
 * Stripe, as far as a shop needs it, on loopback: hosted pages, intents, saved cards, refunds, idempotency keys, signed events.
 * Made from the public reference of its API; that the real one behaves so is not proven by it.
 */
export async function startStripeStandIn(options: StripeStandInOptions): Promise<ProviderStandIn> {
  const events: Told[] = []
  const signed = (body: string): Told => ({
    body,
    headers: {
      'content-type': 'application/json',
      'stripe-signature': stripeSignature(body, options.webhookSecret, Math.floor(Date.now() / 1000)),
    },
  })
  const books = new StripeBooks((type, object) => {
    const event = { id: `evt_${randomBytes(8).toString('hex')}`, object: 'event', type, data: { object } }
    events.push(signed(JSON.stringify(event)))
  })
  const answers = new Map<string, { readonly asked: string; readonly status: number; readonly body: string }>()
  let isAway = false

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req)
    if (isAway) return answer(res, 503, '{"error":{"type":"api_error","message":"away"}}')
    if (req.headers.authorization !== `Bearer ${options.secretKey}`) {
      return answer(res, 401, '{"error":{"type":"invalid_request_error","message":"no such key"}}')
    }
    const key = req.headers['idempotency-key']
    const asked = `${req.method} ${req.url} ${body}`
    const before = typeof key === 'string' && req.method === 'POST' ? answers.get(key) : undefined
    if (before && before.asked !== asked) return answer(res, 400, '{"error":{"type":"idempotency_error"}}')
    const given = before ?? { asked, ...outcome(req, body) }
    // A refusal is kept like any other answer.
    if (typeof key === 'string') answers.set(key, given)
    answer(res, given.status, given.body)
  }

  function outcome(req: IncomingMessage, body: string): { readonly status: number; readonly body: string } {
    try {
      const url = new URL(req.url ?? '/', base())
      const wish = nested(req.method === 'POST' ? new URLSearchParams(body) : url.searchParams)
      const path = url.pathname.replace('/v1/', '').replace('checkout/sessions', 'sessions').split('/')
      return { status: 200, body: JSON.stringify(api(`${req.method} ${path[0]}`, path[1] ?? '', path[2] ?? '', wish)) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { status: error.status, body: JSON.stringify({ error: error.error }) }
    }
  }

  function api(what: string, id: string, act: string, wish: Form): object {
    switch (what) {
      case 'POST sessions':
        return books.openPage(wish, base())
      case 'GET sessions':
        return id === ''
          ? list([...books.sessions.values()].filter((s) => s.payment_intent === wish.payment_intent))
          : shownSession(found(books.sessions.get(id)), wish)
      case 'POST payment_intents':
        return act === 'confirm'
          ? books.callBack(found(books.intents.get(id)), String(wish.return_url), base())
          : books.debit(wish)
      case 'GET payment_intents':
        return id === 'search' ? list(search(String(wish.query))) : found(books.intents.get(id))
      case 'GET payment_methods':
        return shownMethod(found(books.methods.get(id)))
      case 'POST payment_methods': {
        const method = found(books.methods.get(id))
        books.detach(method)
        return shownMethod(method)
      }
      case 'POST refunds':
        return books.refund(wish)
      case 'GET refunds':
        return id === ''
          ? list([...books.refunds.values()].filter((r) => r.payment_intent === wish.payment_intent))
          : found(books.refunds.get(id))
      default:
        throw missing()
    }
  }

  const search = (query: string) => {
    const [, name = '', value] = /^metadata\['(\w+)'\]:'(\w+)'$/.exec(query) ?? []
    return [...books.intents.values()].filter(({ metadata }) => metadata[name] === value)
  }

  function shownSession(session: Session, wish: Form): object {
    const which = session.mode === 'setup' ? 'setup_intent' : 'payment_intent'
    const intent = books.intents.get(session.payment_intent ?? '') ?? books.setups.get(session.setup_intent ?? '')
    if (!intent || !Object.values((wish.expand ?? {}) as Form).includes(`${which}.payment_method`)) return session
    const method = books.methods.get(intent.payment_method ?? '')
    return { ...session, [which]: { ...intent, payment_method: method ? shownMethod(method) : null } }
  }

  const server = createServer((req, res) => {
    serve(req, res).catch(() => answer(res, 400, '{"error":{"type":"invalid_request_error"}}'))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pageOf = (url: string): Session => found(books.sessions.get(new URL(url).pathname.split('/')[2] ?? ''))
  const intentsOf = (paymentId: string) => search(`metadata['payment_id']:'${paymentId}'`)
  return {
    url: base(),
    events,
    choose: (url, number) => books.choose(pageOf(url), found(cardOf(number))),
    confirm: (paymentId) => intentsOf(paymentId).forEach((intent) => books.confirm(intent)),
    expire: (url) => books.expire(pageOf(url)),
    settleLate: () => books.settleLate(),
    moved: (paymentId) =>
      intentsOf(paymentId)
        .filter(({ status }) => status === 'succeeded')
        .reduce((sum, { amount, refunded }) => sum + amount - refunded, 0),
    setAway: (away) => {
      isAway = away
    },
    signed,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const list = (data: readonly object[]) => ({ object: 'list', data, has_more: false })

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw missing()
  return thing
}

function answer(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(body)
}
