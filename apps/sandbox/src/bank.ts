import { createHmac } from 'node:crypto'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { BankBooks, shown, type BankEvent, type BankPayment } from './bank-books.ts'
import { cardOf } from './bank-cards.ts'
import { payPage } from './bank-page.ts'
import { readBody } from './form.ts'

export interface BankOptions {
  /** Signs its notifications and opens its API; whoever shares it is the merchant. */
  readonly secret: string
  readonly port?: number
  /** Keeps notifications for `events` instead of sending them: a test delivers them as it likes. */
  readonly keepsEvents?: boolean
  /** Transfers that are late arrive after this time; without it, when they are settled. */
  readonly lateMs?: number
}

export interface SandboxBank {
  readonly url: string
  readonly books: BankBooks
  /** Notifications that were made, newest last. */
  readonly events: readonly BankEvent[]
  /** What proves that a notification is the bank's. */
  sign(body: string): string
  close(): Promise<void>
}

const TRIES = 3
const AGAIN_MS = 500

/** A bank that moves no money: a page with test cards, debits, refunds, signed notifications. */
export async function startBank(options: BankOptions): Promise<SandboxBank> {
  const events: BankEvent[] = []
  const timers = new Set<NodeJS.Timeout>()
  const sign = (body: string): string => `v1=${createHmac('sha256', options.secret).update(body).digest('hex')}`
  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timer.unref()
    timers.add(timer)
  }
  const send = (event: BankEvent, tries = 1): void => {
    const again = (): void => {
      if (tries < TRIES) later(AGAIN_MS * tries, () => send(event, tries + 1))
    }
    const headers = { 'content-type': 'application/json', 'bank-signature': sign(event.body) }
    const req = request(event.url, { method: 'POST', headers }, (res) => {
      res.resume()
      if (res.statusCode !== 200) again()
    })
    req.on('error', again)
    req.end(event.body)
  }
  const books = new BankBooks((event) => {
    events.push(event)
    if (options.keepsEvents !== true) setImmediate(send, event)
  })

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://bank')
    const [, top = '', id = '', act = ''] = url.pathname.split('/')
    const body = await readBody(req)
    if (top === 'pay') return page(req, res, id, body)
    if (req.headers.authorization !== `Bearer ${options.secret}`) return json(res, 401, { error: 'not the merchant' })
    const wish = body === '' ? {} : (JSON.parse(body) as Record<string, never>)
    const found = books.payments.get(id)
    const done = api(top, id, act, req.method === 'POST', wish)
    if (done === undefined) return json(res, 404, { error: found ? 'no such act' : 'not found' })
    if (options.lateMs !== undefined) later(options.lateMs, () => books.settleLate())
    return json(res, 200, done)
  }

  function api(top: string, id: string, act: string, isPost: boolean, wish: Record<string, never>): object | undefined {
    if (isPost && top === 'checkouts') return withUrl(books.open(wish as never))
    if (isPost && top === 'charges') return withUrl(books.debit(wish as never, String(wish.mandate)))
    if (isPost && top === 'refunds') return books.refund(wish as never)
    if (isPost && top === 'mandates' && act === 'revoke') {
      books.revoke(id)
      return {}
    }
    if (!isPost && top === 'refunds') return books.refunds.get(id)
    const payment = !isPost && top === 'payments' ? books.payments.get(id) : undefined
    return payment && withUrl(payment)
  }

  const withUrl = (payment: BankPayment) => ({ ...shown(payment), url: `${base()}/pay/${payment.ref}` })

  function page(req: IncomingMessage, res: ServerResponse, ref: string, body: string): void {
    const payment = books.byRef(ref)
    if (!payment) return html(res, 404, payPage(undefined))
    if (req.method !== 'POST') return html(res, 200, payPage(payment))
    const form = new URLSearchParams(body)
    const card = cardOf((form.get('card') ?? '').replaceAll(' ', ''))
    if (form.get('confirm') === 'yes') books.confirm(payment)
    else if (card) books.choose(payment, card)
    if (options.lateMs !== undefined) later(options.lateMs, () => books.settleLate())
    if (payment.state === 'created' || payment.state === 'action_required') return html(res, 200, payPage(payment))
    res.writeHead(303, { location: payment.return_url }).end()
  }

  const server = createServer((req, res) => {
    serve(req, res).catch(() => json(res, 400, { error: 'not readable' }))
  })
  await new Promise<void>((ready) => server.listen(options.port ?? 0, '127.0.0.1', ready))
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: base(),
    books,
    events,
    sign,
    close: async () => {
      for (const timer of timers) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function json(res: ServerResponse, status: number, body: object): void {
  if (!res.headersSent) res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function html(res: ServerResponse, status: number, body: string): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action *"
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(body)
}
