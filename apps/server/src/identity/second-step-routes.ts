import {
  recoveryCodesSchema,
  totpBeginSchema,
  totpBegunSchema,
  totpChangeSchema,
  totpConfirmSchema,
} from '@codeplan/contract'
import { no, yes, type Instant, type Outcome } from '@codeplan/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Tx } from '../platform/index.ts'
import { callerOf, personOf, refuse, registerConsole } from './console.ts'
import { sayChange } from './new-password.ts'
import type { People } from './people.ts'
import { personById, type PersonRow } from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { beginSecondStep, confirmSecondStep, newRecoveryCodes, removeSecondStep, takeCode } from './second-step.ts'
import { prove, type Proved } from './sign-in.ts'

const BASE = '/api/console/v1/account/totp'
const doc = (summary: string) => ({ summary, tags: ['account'] })

/** Two-step sign-in. A stolen session alone neither sets it up nor takes it away. */
export function registerSecondStep(fastify: FastifyInstance, people: People): void {
  const { db, clock, proxyHops } = people

  const proved = async (request: FastifyRequest, password: string): Promise<Outcome<Proved, PeopleRefusal>> => {
    const row = (await personById(db.queries, personOf(request).memberId)) as PersonRow
    return prove(people, row.email, row, { password }, { ...callerOf(request, proxyHops), headers: request.headers })
  }
  /** For changes of what is on: password and code. */
  async function change<T>(
    request: FastifyRequest,
    { password, code }: { readonly password: string; readonly code: string },
    work: (tx: Tx, row: PersonRow, now: Instant) => Promise<Outcome<T, PeopleRefusal>>,
  ): Promise<Outcome<T, PeopleRefusal>> {
    const right = await proved(request, password)
    if (!right.ok) return right
    const now = clock.now()
    const { person, good } = right.value
    return db.tx(async (tx) => {
      if (person.totp_since === null) return no({ code: 'two_step_off' })
      if (!(await takeCode(people, tx, person, code, now))) return no({ code: 'wrong_code' })
      good()
      return work(tx, person, now)
    })
  }

  registerConsole(fastify, people, 'member', (routes) => {
    routes.post(
      `${BASE}/begin`,
      {
        schema: {
          ...doc('Makes a secret for an authenticator'),
          body: totpBeginSchema,
          response: { 200: totpBegunSchema },
        },
      },
      async (request, reply) => {
        const right = await proved(request, request.body.password)
        if (!right.ok) return refuse(request, reply, right.no)
        right.value.good()
        const begun = await db.tx((tx) => beginSecondStep(people, tx, right.value.person))
        return begun.ok ? reply.send(begun.value) : refuse(request, reply, begun.no)
      },
    )
    routes.post(
      `${BASE}/confirm`,
      {
        schema: {
          ...doc('Switches two-step sign-in on by its first code'),
          body: totpConfirmSchema,
          response: { 200: recoveryCodesSchema },
        },
      },
      async (request, reply) => {
        const now = clock.now()
        const done = await db.tx(async (tx) => {
          const row = (await personById(tx, personOf(request).memberId)) as PersonRow
          const codes = await confirmSecondStep(people, tx, row, request.body.code, now)
          if (codes.ok) await sayChange(tx, row, 'totp_on', now)
          return codes
        })
        return done.ok ? reply.send({ recovery_codes: [...done.value] }) : refuse(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/recovery_codes`,
      {
        schema: {
          ...doc('Replaces the recovery codes'),
          body: totpChangeSchema,
          response: { 200: recoveryCodesSchema },
        },
      },
      async (request, reply) => {
        const done = await change(request, request.body, async (tx, row, now) => {
          await sayChange(tx, row, 'recovery_codes', now)
          return yes(await newRecoveryCodes(tx, row))
        })
        return done.ok ? reply.send({ recovery_codes: [...done.value] }) : refuse(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/remove`,
      { schema: { ...doc('Switches two-step sign-in off'), body: totpChangeSchema } },
      async (request, reply) => {
        const done = await change(request, request.body, async (tx, row, now) => {
          await sayChange(tx, row, 'totp_off', now)
          return removeSecondStep(tx, row)
        })
        return done.ok ? reply.code(204).send() : refuse(request, reply, done.no)
      },
    )
  })
}
