import type { FastifyReply, FastifyRequest } from 'fastify'

import type { CatalogRoom } from '../catalog/index.ts'
import { sendWording, type People } from '../identity/index.ts'
import type { Clock, Db } from '../platform/index.ts'
import type { Billing } from './index.ts'
import { wordBilling, type BillingRefusal } from './words.ts'

export interface BillingRouteDeps {
  readonly billing: Billing
  readonly catalog: CatalogRoom
  readonly clock: Clock
  readonly db: Db
  readonly people: People
}

export const refuserOf =
  ({ catalog }: Pick<BillingRouteDeps, 'catalog'>) =>
  (request: FastifyRequest, reply: FastifyReply, refusal: BillingRefusal): never => {
    // What no schema describes is written as it is.
    reply.serializer((body) => JSON.stringify(body))
    return sendWording(request, reply, wordBilling(refusal, catalog.current().operator)) as never
  }
