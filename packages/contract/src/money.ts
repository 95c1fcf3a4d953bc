import { z } from 'zod'

/** An amount for outsiders: decimal text in the main unit beside its currency, so that nobody computes with floats. */
export const moneySchema = z.object({
  amount: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .describe('Decimal text in the main unit, for example "49.00"'),
  currency: z.string().length(3),
})
export type Money = z.infer<typeof moneySchema>

export const instantSchema = z.iso.datetime({ offset: true }).describe('An instant in ISO 8601')

export const cycleSchema = z.enum(['month', 'quarter', 'year'])
