import { z } from 'zod'

const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'use the name of an environment variable')
const domain = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'use a domain in lower case, for example example.org')

/** A provider of single sign-on. It vouches for addresses of its domains and for no others. */
const providerSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use lower-case letters, digits and dashes; at most 32'),
  name: z.string().min(1),
  issuer: z
    .url({ error: 'use the URL of the issuer' })
    .refine((url) => /^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url), 'use https'),
  client_id_env: variable,
  client_secret_env: variable,
  domains: z.array(domain).min(1, 'name the domains whose people it signs in'),
  groups_claim: z.string().min(1).default('groups'),
})

/** Who may become a member, and how people sign in. Every figure has a default: the section may be left out. */
export const peopleSchema = z.strictObject({
  sign_up: z
    .union([z.enum(['open', 'closed']), z.array(domain).min(1)], {
      error: 'use open, closed, or a list of domains whose addresses may sign up',
    })
    .default('closed'),
  session_days: z.number().int().min(1).max(365, 'use 1 to 365 days').default(30),
  require_verified: z.boolean().default(true),
  oidc: z
    .array(providerSchema)
    .default([])
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'an id is given twice: rename one'),
})
