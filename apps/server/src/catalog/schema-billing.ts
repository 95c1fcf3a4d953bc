import { z } from 'zod'

const amount = z.coerce
  .string()
  .regex(/^\d{1,9}(\.\d{1,3})?$/, 'an amount in the operator’s currency, for example "49.00"')
const whole = z.number().int('use a whole number').min(0, 'use 0 or more')
const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'use the name of an environment variable')
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use lower-case letters, digits, dashes; at most 32')

const renewalSchema = z.strictObject({
  charge_before_minutes: whole.max(2880, 'use at most two days').default(60),
  notice_days: z.array(whole.min(1).max(60)).max(5).default([7, 1]),
  retry_hours: z.array(whole.min(1).max(720)).max(10).default([24, 72, 120]),
  grace_days: whole.max(60, 'use at most 60').default(7),
})

/** Providers name the environment variables that hold their secrets; without these they are off (F59). */
export const providerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ id, kind: z.literal('sandbox') }),
  z.strictObject({
    id,
    kind: z.literal('stripe'),
    secret_env: variable.default('STRIPE_SECRET_KEY'),
    webhook_secret_env: variable.default('STRIPE_WEBHOOK_SECRET'),
    /** For a stand-in of Stripe on another host. */
    api_base: z.url({ protocol: /^https?$/ }).optional(),
  }),
  z.strictObject({
    id,
    kind: z.literal('alipay'),
    app_id: z.string().regex(/^\d{10,20}$/, 'the number of your application'),
    /** Notifications about another seller's money are refused. */
    seller_id: z
      .string()
      .regex(/^2088\d{12}$/, 'the 16 digits of your merchant account')
      .optional(),
    private_key_env: variable.default('ALIPAY_PRIVATE_KEY'),
    public_key_env: variable.default('ALIPAY_PUBLIC_KEY'),
    gateway: z.url({ protocol: /^https?$/ }).optional(),
    /** Debits by agreement need a contract with Alipay. */
    agreements: z.boolean().default(false),
    /** The scene that the contract names. */
    sign_scene: z
      .string()
      .regex(/^[A-Z_]+\|[A-Z_]+$/, 'as your contract says, for example INDUSTRY|DIGITAL_MEDIA')
      .default('INDUSTRY|DIGITAL_MEDIA'),
  }),
])

const both = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

export const billingSchema = z.strictObject({
  order_minutes: whole.min(1).max(1440).default(15),
  quote_minutes: whole.min(1).max(1440).default(15),
  renewal: renewalSchema
    .prefault({})
    .refine(
      (r) => r.retry_hours.every((hours, i) => i === 0 || hours > (r.retry_hours[i - 1] as number)),
      'give `retry_hours` from the smallest to the largest',
    )
    .refine(
      (r) => r.notice_days.every((days, i) => i === 0 || days < (r.notice_days[i - 1] as number)),
      'give `notice_days` from the largest to the smallest',
    ),
  upgrade: z.strictObject({ anchor: z.enum(['keep', 'restart']).default('keep') }).prefault({}),
  refund: z.strictObject({ days: whole.max(366).default(7) }).prefault({}),
  top_up: z.strictObject({ min: amount.default('10'), max: amount.default('10000') }).prefault({}),
  invoice: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[A-Z0-9-]{1,12}$/, 'use capital letters, digits, dashes')
        .default('INV'),
      /** Lines that name the seller: company, address, tax number. */
      seller: z.array(z.string().min(1)).max(8).default([]),
      note: both.optional(),
    })
    .prefault({}),
  providers: z.array(providerSchema).default([]),
})

export type BillingDocument = z.infer<typeof billingSchema>
export type PaymentProviderDocument = z.infer<typeof providerSchema>
