import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'

import type { RouteDeps, UsageDeps } from './deps.ts'
import { registerMonitor } from './monitor-routes.ts'
import { registerPlans } from './plans-routes.ts'
import { registerV1 } from './v1-routes.ts'

export { tellFilled } from './notices.ts'
export { makeLive, type Live } from './live.ts'
export { recompute, type Recomputed } from './recompute.ts'
export { differentHours, differentPrompts } from './store.ts'
export { economics } from './value.ts'
export { refusedOf } from './refused.ts'
export { makePlanHours, type PlanHours } from './plan-hours.ts'
export type { UsageDeps }

/** The read side: what meters ask, our own usage API, and its description. */
export async function registerUsage(fastify: FastifyInstance, deps: RouteDeps): Promise<void> {
  fastify.setValidatorCompiler(validatorCompiler)
  fastify.setSerializerCompiler(serializerCompiler)
  await fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Codeplan API', version: '1' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
    },
    transform: jsonSchemaTransform,
  })
  fastify.get('/api/usage/v1/openapi.json', { schema: { hide: true } }, async () => fastify.swagger())
  registerMonitor(fastify, deps)
  registerV1(fastify, deps)
  registerPlans(fastify, deps)
}
