import { z } from 'zod'

import { instantSchema } from './money.ts'

const amount = z.string().describe('Decimal text in the main unit; calls cost fractions of the minor unit')

export const balanceSchema = z.object({
  currency: z.string(),
  balance: amount,
  reserved: amount,
  available: amount,
  overflow: z.object({ on: z.boolean(), monthly_cap: amount.nullable(), spent_this_month: amount }),
})
export const overflowSchema = z.strictObject({
  on: z.boolean(),
  monthly_cap: z.string().max(20).nullable().default(null).describe('Null: as far as the balance reaches'),
})
export const statementSchema = z.object({
  currency: z.string(),
  movements: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      note: z.string(),
      at: instantSchema,
      amount: amount.describe('Negative: it was spent'),
    }),
  ),
  next: z.string().nullable().describe('`before` of the next page'),
})
