import { createHmac, timingSafeEqual } from 'node:crypto'

import { minor, no, yes, type PaymentState } from '@codeplan/core'
import { request } from 'undici'
import { z } from 'zod'

import {
  ProviderAway,
  type Asked,
  type PaymentNews,
  type PaymentProvider,
  type RefundNews,
  type SetupNews,
} from './port.ts'

const paymentSchema = z.object({
  ref: z.string(),
  payment_id: z.string(),
  amount: z.number().int(),
  currency: z.string(),
  state: z.enum(['created', 'action_required', 'pending', 'succeeded', 'failed']),
  failure: z.string().optional(),
  mandate: z.string().optional(),
  method: z.object({ label: z.string(), fingerprint: z.string() }).optional(),
  url: z.string().optional(),
})
const refundSchema = z.object({
  ref: z.string(),
  refund_id: z.string(),
  state: z.enum(['pending', 'succeeded', 'failed']),
  failure: z.string().optional(),
})
const eventSchema = z.discriminatedUnion('kind', [
  z.object({ id: z.string().min(1), kind: z.literal('payment'), data: paymentSchema }),
  z.object({ id: z.string().min(1), kind: z.literal('refund'), data: refundSchema }),
])

const TIMEOUT_MS = 10_000

/** The test bank (`apps/sandbox`): it moves no money, and behaves like one that does. */
export function sandboxBank(settings: {
  readonly id: string
  readonly secret: string
  readonly url: () => string | undefined
}): PaymentProvider {
  const { id, secret } = settings
  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const base = settings.url()
    if (base === undefined) throw new ProviderAway('the test bank does not run')
    const answer = await request(`${base}/${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw new ProviderAway('the test bank cannot be reached', { cause: error })
    })
    const text = await answer.body.text()
    if (answer.statusCode === 404) return undefined
    if (answer.statusCode !== 200) throw new ProviderAway(`the test bank answers ${answer.statusCode}`)
    return JSON.parse(text)
  }
  const newsOf = (answer: unknown): PaymentNews => paymentNews(paymentSchema.parse(answer))
  return {
    id,
    kind: 'sandbox',
    checkout: async (wish) =>
      newsOf(
        await call('POST', 'checkouts', {
          payment_id: wish.paymentId,
          amount: wish.amount,
          currency: wish.currency,
          title: wish.title,
          keep: wish.keep,
          return_url: wish.returnUrl,
          notify_url: wish.notifyUrl,
        }),
      ),
    charge: async (wish) =>
      newsOf(
        await call('POST', 'charges', {
          payment_id: wish.paymentId,
          mandate: wish.mandate,
          amount: wish.amount,
          currency: wish.currency,
          title: wish.title,
          keep: false,
          return_url: '',
          notify_url: wish.notifyUrl,
        }),
      ),
    query: async ({ paymentId }) => {
      const answer = await call('GET', `payments/${paymentId}`)
      return answer === undefined ? undefined : newsOf(answer)
    },
    refund: async (wish) =>
      refundNews(
        refundSchema.parse(
          await call('POST', 'refunds', {
            refund_id: wish.refundId,
            payment_ref: wish.paymentRef,
            amount: wish.amount,
          }),
        ),
      ),
    queryRefund: async ({ refundId }) => {
      const answer = await call('GET', `refunds/${refundId}`)
      return answer === undefined ? undefined : refundNews(refundSchema.parse(answer))
    },
    // At this bank a method is bound by a checkout of nothing.
    setups: {
      needsDebits: false,
      begin: async (wish) =>
        setupNews(
          paymentSchema.parse(
            await call('POST', 'checkouts', {
              payment_id: wish.setupId,
              amount: 0,
              currency: wish.currency,
              title: wish.title,
              keep: true,
              return_url: wish.returnUrl,
              notify_url: wish.notifyUrl,
            }),
          ),
        ),
      query: async ({ setupId }) => {
        const answer = await call('GET', `payments/${setupId}`)
        return answer === undefined ? undefined : setupNews(paymentSchema.parse(answer))
      },
    },
    unbind: async (mandate) => {
      await call('POST', `mandates/${mandate}/revoke`)
    },
    readNotification: (body, headers) => {
      if (secret === '') return no('off')
      const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(body).digest('hex')}`)
      const given = Buffer.from(String(headers['bank-signature'] ?? ''))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return no('forged')
      const event = parse(body)
      if (!event) return no('not_readable')
      return yes({ eventId: event.id, news: newsOfEvent(event) })
    },
    thanks: { contentType: 'application/json', body: '{"received":true}' },
  }
}

function newsOfEvent(event: z.infer<typeof eventSchema>) {
  if (event.kind === 'refund') return refundNews(event.data)
  return event.data.amount === 0 ? setupNews(event.data) : paymentNews(event.data)
}

function parse(body: Buffer): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.parse(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}

/** `created` is what it is while the customer has chosen nothing: they have to act. */
const STATES: Readonly<Record<z.infer<typeof paymentSchema>['state'], Exclude<PaymentState, 'refunded'>>> = {
  created: 'action_required',
  action_required: 'action_required',
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
}

function paymentNews(said: z.infer<typeof paymentSchema>): PaymentNews {
  const { payment_id: paymentId, amount, currency, ref, failure, mandate, method, url } = said
  const bound: Asked['method'] = mandate && method ? { ...method, mandate, amountMax: null } : undefined
  return {
    kind: 'payment',
    paymentId,
    amount: minor(amount),
    currency,
    state: STATES[said.state],
    ref,
    failure,
    ...(bound ? { method: bound } : {}),
    ...(url === undefined ? {} : { action: { redirectUrl: url } }),
  }
}

function setupNews(said: z.infer<typeof paymentSchema>): SetupNews {
  const { paymentId: setupId, state, ref, action, failure, method } = paymentNews(said)
  return {
    kind: 'setup',
    setupId,
    state: state === 'created' ? 'action_required' : state,
    ref,
    action,
    failure,
    ...(state === 'succeeded' ? { method } : {}),
  }
}

const refundNews = ({ refund_id: refundId, state, ref, failure }: z.infer<typeof refundSchema>): RefundNews => ({
  kind: 'refund',
  refundId,
  state,
  ref,
  failure,
})
