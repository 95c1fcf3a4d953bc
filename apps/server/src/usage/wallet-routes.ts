import { micros } from '@codeplan/core'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'

import type { WalletStanding } from '../entitlements/index.ts'
import type { UsageDeps } from './deps.ts'
import { memberOf } from './who.ts'

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** A hundred minor units of a million micros. */
const MICROS_PER_UNIT = 1e8
const CAP_MAX = 1_000_000

const SCHEMA = { tags: ['balance'], security: [{ key: [] }] }

/** The balance, and the switch by which a full plan goes on at its expense. */
export function registerWallet(routes: Routes, { entitlements, clock }: UsageDeps): void {
  const show = async (request: FastifyRequest) => shown(await entitlements.wallet(memberOf(request), clock.now()))

  routes.get(
    '/api/usage/v1/balance',
    { schema: { ...SCHEMA, summary: 'The balance, what running calls have set aside of it, and the overflow switch' } },
    show,
  )
  const wish = z.object({
    on: z.boolean(),
    monthly_cap: z
      .number()
      .min(0)
      .max(CAP_MAX)
      .nullable()
      .default(null)
      .describe('In the operator’s currency, at most two decimals; null: as far as the balance reaches'),
  })
  routes.put(
    '/api/usage/v1/balance/overflow',
    { schema: { ...SCHEMA, summary: 'Lets a full plan go on at the expense of the balance, or not', body: wish } },
    async (request) => {
      const { on, monthly_cap: cap } = request.body
      const whole = cap === null ? null : micros(Math.round(cap * 100) * (MICROS_PER_UNIT / 100))
      await entitlements.setOverflow(memberOf(request), { on, cap: whole })
      return show(request)
    },
  )
}

function shown({ currency, balance, reserved, available, overflow }: WalletStanding) {
  const money = (amount: number): number => amount / MICROS_PER_UNIT
  return {
    currency,
    balance: money(balance),
    reserved: money(reserved),
    available: money(available),
    overflow: {
      on: overflow.on,
      monthly_cap: overflow.cap === null ? null : money(overflow.cap),
      spent_this_month: money(overflow.spentThisMonth),
    },
  }
}
