import { todaySchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'

import { registerConsole } from '../identity/index.ts'
import { BASE, doc } from './admin-words.ts'
import { registerCatalogAdmin } from './catalog-routes.ts'
import { registerCoupons } from './coupon-routes.ts'
import type { AdminDeps } from './deps.ts'
import { makeVisits } from './doctor.ts'
import { registerEconomics } from './economics-routes.ts'
import { registerGatewayAdmin } from './gateway-routes.ts'
import { registerMembers } from './member-routes.ts'
import { registerShop } from './order-routes.ts'
import { registerSaleAdmin } from './sale-routes.ts'
import { registerSystem } from './system-routes.ts'
import { todayNow } from './today.ts'

export { examine } from './doctor.ts'

/** The operator's API: what commands can do, for pages and scripts. */
export function registerOperator(fastify: FastifyInstance, given: AdminDeps): void {
  const deps = { ...given, visits: makeVisits(given) }
  registerConsole(fastify, deps.people, 'support', (routes) => {
    routes.get(
      `${BASE}/today`,
      { schema: { ...doc('Everything at a glance, and what needs a person'), response: { 200: todaySchema } } },
      () => todayNow(deps, deps.clock.now()),
    )
  })
  registerMembers(fastify, deps)
  registerShop(fastify, deps)
  registerCoupons(fastify, deps)
  registerSaleAdmin(fastify, deps)
  registerCatalogAdmin(fastify, deps)
  registerGatewayAdmin(fastify, deps)
  registerEconomics(fastify, deps)
  registerSystem(fastify, deps)
}
