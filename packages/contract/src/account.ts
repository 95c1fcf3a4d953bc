import { z } from 'zod'

import { instantSchema } from './money.ts'

/** Beyond it hashing would be work for nothing; below it guessing is too easy. */
export const PASSWORD_LENGTH = { min: 10, max: 200 } as const

const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)
/** Only what a new password must be; one that is shown to be known may be anything. */
const newPasswordSchema = z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max)
const passwordSchema = z.string().min(1).max(PASSWORD_LENGTH.max)
const linkTokenSchema = z.string().min(1).max(100).describe('The `token` of a letter’s link')
const codeSchema = z.string().trim().min(6).max(20).describe('Of the authenticator, or a recovery code')

export const languageSchema = z.enum(['en', 'zh'])
export const roleSchema = z.enum(['member', 'support', 'operator'])
export type Role = z.infer<typeof roleSchema>

export const signUpSchema = z.object({
  email: emailSchema,
  password: newPasswordSchema,
  name: z.string().trim().max(100).default(''),
  language: languageSchema.optional(),
})
export const signInSchema = z.object({ email: emailSchema, password: passwordSchema, code: codeSchema.optional() })
export const verifySchema = z.object({
  token: linkTokenSchema,
  password: passwordSchema.describe('The one of the sign-up: whoever only has the letter did not sign up'),
})
export const resetSchema = z.object({ email: emailSchema })
export const resetConfirmSchema = z.object({ token: linkTokenSchema, password: newPasswordSchema })
export const passwordChangeSchema = z.object({ current: passwordSchema, password: newPasswordSchema })
/** The same for every address, known or not. */
export const letterSentSchema = z.object({ sent: z.literal(true) })

export const meSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  verified: z.boolean(),
  language: languageSchema,
  zone: z.string().nullable().describe('Null: the operator’s'),
  usage_notices: z.array(z.number()),
  balance_notice: z.string().nullable(),
  totp: z.boolean(),
  has_password: z.boolean(),
  recovery_codes_left: z.number(),
  created_at: instantSchema,
})
export type Me = z.infer<typeof meSchema>

export const profileSchema = z
  .object({
    name: z.string().trim().max(100),
    language: languageSchema,
    zone: z.string().min(1).max(64).nullable(),
    usage_notices: z
      .array(z.number().int().min(1).max(100))
      .max(5)
      .describe('Percents of a window at which you wish to be told'),
    balance_notice: z
      .string()
      .regex(/^\d{1,7}(\.\d{1,2})?$/)
      .nullable()
      .describe('In the operator’s currency: below it you are told; null: never'),
  })
  .partial()

export const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean(),
  created_at: instantSchema,
  seen_at: instantSchema,
  ends_at: instantSchema,
  address: z.string(),
  agent: z.string(),
  by_operator: z.boolean().describe('An operator looks with your eyes, and can change nothing'),
})

export const totpBeginSchema = z.object({ password: passwordSchema })
export const totpBegunSchema = z.object({ secret: z.string(), uri: z.string() })
export const totpConfirmSchema = z.object({ code: codeSchema })
export const totpChangeSchema = z.object({ password: passwordSchema, code: codeSchema })
export const recoveryCodesSchema = z.object({ recovery_codes: z.array(z.string()) })

export const keyNameSchema = z.object({ name: z.string().trim().min(1).max(100) })
export const keyWishSchema = keyNameSchema.extend({
  allowed: z
    .array(z.string().max(64))
    .max(50)
    .nullable()
    .default(null)
    .describe('Addresses and networks that it may be used from; null: any'),
})
export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  begins_with: z.string(),
  created_at: instantSchema,
  last_used_at: instantSchema.nullable(),
  revoked_at: instantSchema.nullable(),
  allowed: z.array(z.string()).nullable(),
  many_addresses_at: instantSchema.nullable(),
})
export const keyMadeSchema = z.object({ id: z.string(), key: z.string().describe('Shown this once') })

export const providerSchema = z.object({
  id: z.string(),
  name: z.string(),
  ready: z.boolean().describe('False: the provider cannot be reached, or its variables are not set'),
})

export const auditEntrySchema = z.object({
  id: z.string(),
  at: instantSchema,
  who: z.string(),
  address: z.string(),
  action: z.string(),
  whom: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  why: z.string().nullable(),
  who_email: z.string().nullable(),
  whom_email: z.string().nullable(),
})
