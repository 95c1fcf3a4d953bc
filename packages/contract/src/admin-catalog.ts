import { z } from 'zod'

import { whySchema } from './admin-members.ts'
import { instantSchema } from './money.ts'

/** A catalog is a file of some kilobytes. */
export const CATALOG_CHARS_MAX = 500_000
const sourceSchema = z.string().max(CATALOG_CHARS_MAX)

export const catalogVersionSchema = z.object({
  version: z.int(),
  applied_at: instantSchema,
  applied_by: z.string(),
  running: z.boolean(),
})
export const catalogVersionsSchema = z.object({
  versions: z.array(catalogVersionSchema),
  next: z.int().nullable(),
})
export const catalogSourceSchema = catalogVersionSchema.extend({ source: sourceSchema })
export type CatalogSource = z.infer<typeof catalogSourceSchema>

export const catalogFaultSchema = z.object({ path: z.string(), line: z.int(), cure: z.string() })

export const catalogChangeSchema = z.object({
  path: z.string().describe('For example plans.pro.prices.month'),
  before: z.string().nullable().describe('Null: it is new'),
  after: z.string().nullable().describe('Null: it is taken away'),
})
export const catalogTouchSchema = z.object({
  plan: z.string().nullable().describe('Null: all members'),
  /** `at_once`: running subscriptions, too. `new_version`: who buys from now on; running ones keep what they bought. */
  how: z.enum(['at_once', 'new_version', 'added', 'removed']),
  subscriptions: z.int().describe('That run now'),
  by: z.array(z.string()).describe('Paths of the changes'),
})
export const catalogCheckedSchema = z.object({
  ok: z.boolean(),
  running: z.int().describe('The version that it was compared with'),
  same: z.boolean(),
  faults: z.array(catalogFaultSchema),
  changes: z.array(catalogChangeSchema),
  touches: z.array(catalogTouchSchema),
})
export type CatalogChecked = z.infer<typeof catalogCheckedSchema>

export const catalogCheckSchema = z.strictObject({ source: sourceSchema })
export const catalogApplySchema = z.strictObject({
  source: sourceSchema,
  base: z.int().describe('The version that was edited: if another one runs meanwhile, nothing is applied'),
  why: whySchema,
})
export const catalogAppliedSchema = z.object({
  version: z.int(),
  changed: z.boolean(),
  plan_versions: z.array(z.object({ plan: z.string(), version: z.int() })),
})
