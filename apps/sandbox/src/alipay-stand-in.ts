import { createSign, createVerify, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { AlipayBooks, type Biz } from './alipay-books.ts'
import { cardOf } from './bank-cards.ts'
import { readBody } from './form.ts'
import type { ProviderStandIn, Told } from './stand-in.ts'

export interface AlipayStandInOptions {
  readonly appId: string
  readonly sellerId: string
  /** PEM. It signs what Alipay says. */
  readonly privateKey: string
  /** PEM. It proves what the merchant asks. */
  readonly merchantPublicKey: string
}

/** What is signed: all fields by name, as they are, without the signature and what `without` says. */
const signedText = (fields: Iterable<readonly [string, string]>, without: readonly string[]): string =>
  [...fields]
    .filter(([name]) => name !== 'sign' && !without.includes(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/**
 * Alipay's gateway, as far as a shop needs it, on loopback: pages, queries, debits by agreement, refunds, all signed.
 * Made from the public reference of its API; that the real one behaves so is not proven by it.
 */
export async function startAlipayStandIn(options: AlipayStandInOptions): Promise<ProviderStandIn> {
  const { appId, sellerId, privateKey } = options
  const sign = (text: string): string => createSign('RSA-SHA256').update(text, 'utf8').sign(privateKey, 'base64')
  const events: Told[] = []
  const signed = (body: string): Told => {
    const form = new URLSearchParams(body)
    form.delete('sign')
    form.set('sign', sign(signedText(form, ['sign_type'])))
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    return { body: form.toString(), headers }
  }
  const books = new AlipayBooks((about) => {
    const common = { notify_id: randomUUID(), app_id: appId, seller_id: sellerId, charset: 'utf-8', sign_type: 'RSA2' }
    events.push(signed(new URLSearchParams({ ...common, ...about }).toString()))
  })
  let isAway = false

  /** The merchant's signature covers the type of signature as well. */
  function wishOf(url: URL, body: string): URLSearchParams {
    const wish = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)])
    const text = signedText(wish, [])
    const isOurs = createVerify('RSA-SHA256')
      .update(text, 'utf8')
      .verify(options.merchantPublicKey, wish.get('sign') ?? '', 'base64')
    if (!isOurs || wish.get('app_id') !== appId) throw new Error('isv.invalid-signature')
    return wish
  }
  const bizOf = (wish: URLSearchParams): Biz => JSON.parse(wish.get('biz_content') ?? '{}') as Biz

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req)
    if (isAway) return void res.writeHead(503).end()
    const wish = wishOf(new URL(req.url ?? '/', base()), body)
    const method = wish.get('method') ?? ''
    const said = JSON.stringify(books.answer(method, bizOf(wish)))
    const name = `${method.replaceAll('.', '_')}_response`
    res.writeHead(200, { 'content-type': 'application/json' }).end(`{"${name}":${said},"sign":"${sign(said)}"}`)
  }

  const server = createServer((req, res) => {
    serve(req, res).catch(() => res.end('{"error_response":{"code":"40002","sub_code":"isv.invalid-signature"}}'))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const onPage = (url: string, acts: Readonly<Record<string, (biz: Biz) => void>>): void => {
    const wish = wishOf(new URL(url), '')
    const act = acts[wish.get('method') ?? '']
    if (!act) throw new Error('not a page')
    act(bizOf(wish))
  }
  return {
    url: `${base()}/gateway.do`,
    events,
    choose: (url, number) => {
      const card = cardOf(number)
      if (!card) return
      onPage(url, {
        'alipay.trade.page.pay': (biz) => books.choose(biz, card),
        'alipay.user.agreement.page.sign': (biz) => books.signAlone(biz, card),
      })
    },
    // Alipay calls nobody back: a debit that needs its customer is refused.
    confirm: () => undefined,
    // What was not signed is not there.
    expire: (url) =>
      onPage(url, {
        'alipay.trade.page.pay': (biz) => books.close(biz),
        'alipay.user.agreement.page.sign': () => undefined,
      }),
    settleLate: () => books.settleLate(),
    moved: (paymentId) => {
      const trade = books.trades.get(paymentId)
      const isPaid = trade?.trade_status === 'TRADE_SUCCESS' || (trade?.refunded ?? 0) > 0
      return trade && isPaid ? trade.fen - trade.refunded : 0
    },
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
