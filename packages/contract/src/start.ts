import { z } from 'zod'

import { meSchema } from './account.ts'
import { instantSchema } from './money.ts'

/** What every page of the console needs before it shows anything. */
export const startSchema = z.object({
  now: instantSchema.describe('By the clock of the server, which decides'),
  operator: z.object({ name: z.string(), zone: z.string(), currency: z.string() }),
  sign_up: z.boolean().describe('Whether anybody may make an account'),
  me: meSchema.nullable().describe('Null: nobody is signed in'),
  looked_at_by: z
    .string()
    .nullable()
    .describe('The address of the operator who looks with the eyes of `me`, and can change nothing'),
  teams: z.boolean().describe('Whether who is signed in is in a team'),
})
export type Start = z.infer<typeof startSchema>
