import { z } from 'zod'

import { instantSchema } from './money.ts'

export const findingSchema = z.object({ check: z.string(), ok: z.boolean(), says: z.string() })
export const doctorSchema = z.object({
  running: z.boolean(),
  finished_at: instantSchema.nullable(),
  took_ms: z.int().nullable(),
  ok: z.boolean().nullable(),
  findings: z.array(findingSchema),
})
export type DoctorAnswer = z.infer<typeof doctorSchema>

export const systemSchema = z.object({
  node: z.string(),
  database: z.string(),
  catalog: z.int(),
  sandbox_clock: z.boolean(),
  now: instantSchema,
  nodes: z.array(z.object({ id: z.string(), started_at: instantSchema, seen_at: instantSchema, alive: z.boolean() })),
  providers: z.array(z.object({ id: z.string(), kind: z.string(), on: z.boolean() })).describe('Payment providers'),
  mail: z.boolean().describe('False: letters are kept, there is no SMTP_URL'),
})
export type SystemAnswer = z.infer<typeof systemSchema>

export const letterStateSchema = z.enum(['sent', 'waits', 'retried', 'kept', 'given_up'])
export const letterRowSchema = z.object({
  id: z.string(),
  at: instantSchema,
  to: z.string(),
  kind: z.string(),
  state: letterStateSchema,
  failure: z.string().nullable(),
  next_at: instantSchema.nullable(),
})
export type LetterRow = z.infer<typeof letterRowSchema>
export const lettersQuerySchema = z.object({
  to: z.string().trim().max(254).optional(),
  given_up: z.stringbool().default(false),
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const lettersSchema = z.object({ letters: z.array(letterRowSchema), next: z.string().nullable() })
export const letterSchema = letterRowSchema.extend({ subject: z.string(), text: z.string() })
