/** What the operator has decided about people: the catalog's section `people`, handed in by whoever knows both. */
export interface PeopleRules {
  /** Or the domains whose addresses may sign up. */
  readonly sign_up: 'open' | 'closed' | readonly string[]
  readonly session_days: number
  /** Nobody signs in with an address that was not confirmed. */
  readonly require_verified: boolean
  readonly oidc: readonly SsoProvider[]
}

export interface SsoProvider {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly client_id_env: string
  readonly client_secret_env: string
  /** It vouches for addresses of these and of no others. */
  readonly domains: readonly string[]
  readonly groups_claim: string
}

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)
