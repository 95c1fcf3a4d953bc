import { randomBytes } from 'node:crypto'

import { makeId, MINUTE_MS, no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'
import * as oidc from 'openid-client'

import type { Tx } from '../platform/index.ts'
import type { Caller, People } from './people.ts'
import { domainOf, type SsoProvider } from './people-rules.ts'
import {
  dropCredentials,
  insertLink,
  memberOfLink,
  personByEmail,
  personById,
  setVerified,
  type PersonRow,
} from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { beginSession } from './sessions.ts'
import { endSessions } from './sessions-store.ts'
import { insertMember } from './store.ts'

/** Somebody whom a provider has signed in, for whoever gives seats by groups. */
export interface SignedOn {
  readonly memberId: MemberId
  readonly email: string
  readonly provider: string
  readonly groups: readonly string[]
}

/** What the browser keeps, sealed, while its person is at the provider. */
interface Journey {
  readonly provider: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly back: string
  readonly endsAt: number
}

export interface Sso {
  providers(): Promise<readonly { readonly id: string; readonly name: string; readonly ready: boolean }[]>
  /** Where the browser goes, and what it keeps meanwhile. */
  begin(id: string, back: string): Promise<Outcome<{ readonly url: string; readonly sealed: string }, PeopleRefusal>>
  /** The browser is back: opens a session, for a new member if need be. */
  finish(
    id: string,
    sealed: string | undefined,
    query: string,
    caller: Caller,
  ): Promise<Outcome<{ readonly token: string; readonly back: string }, PeopleRefusal>>
}

export const JOURNEY_SEC = 600
/** A provider that could not be reached is asked again after so long. */
const REST_MS = MINUTE_MS / 2
const ANSWER_SEC_MAX = 10
const ssoPath = (id: string, step: 'start' | 'callback'): string => `/api/console/v1/sso/${id}/${step}`

/** Single sign-on by OpenID Connect: code flow with PKCE, state and nonce, signatures checked. */
export function makeSso(people: People): Sso {
  const { clock, seal, publicUrl, secret, log } = people
  const known = new Map<string, { readonly at: Instant; readonly found: Promise<oidc.Configuration | undefined> }>()

  async function discover(provider: SsoProvider): Promise<oidc.Configuration | undefined> {
    const id = secret(provider.client_id_env)
    const password = secret(provider.client_secret_env)
    if (!id || !password) return undefined
    const plain = provider.issuer.startsWith('http:')
    const execute = [oidc.enableNonRepudiationChecks, ...(plain ? [oidc.allowInsecureRequests] : [])]
    try {
      return await oidc.discovery(new URL(provider.issuer), id, password, undefined, {
        execute,
        timeout: ANSWER_SEC_MAX,
      })
    } catch (error) {
      log.warn({ err: error, provider: provider.id }, 'a provider of single sign-on cannot be reached')
      return undefined
    }
  }
  async function reach(id: string): Promise<{ provider: SsoProvider; config: oidc.Configuration } | undefined> {
    const provider = people.rules().oidc.find((one) => one.id === id)
    if (!provider) return undefined
    const name = JSON.stringify(provider)
    const now = clock.now()
    const entry = known.get(name) ?? { at: now, found: discover(provider) }
    known.set(name, entry)
    const config = await entry.found
    if (!config && now - entry.at >= REST_MS) {
      known.delete(name)
      return reach(id)
    }
    return config && { provider, config }
  }

  return {
    providers: () =>
      Promise.all(
        people.rules().oidc.map(async ({ id, name }) => ({ id, name, ready: (await reach(id)) !== undefined })),
      ),
    begin: async (id, back) => {
      const reached = await reach(id)
      if (!reached) return no({ code: 'sso_off' })
      const journey: Journey = {
        provider: id,
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        back: isOurs(back) ? back : '/',
        endsAt: clock.now() + JOURNEY_SEC * 1000,
      }
      const url = oidc.buildAuthorizationUrl(reached.config, {
        redirect_uri: publicUrl + ssoPath(id, 'callback'),
        scope: 'openid email profile',
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
      })
      return yes({ url: url.href, sealed: seal.close(JSON.stringify(journey)) })
    },
    finish: async (id, sealed, query, caller) => {
      const opened = sealed === undefined ? undefined : seal.open(sealed)
      // Other things are sealed with the same key.
      const journey = opened?.startsWith('{') ? (JSON.parse(opened) as Journey) : undefined
      const now = clock.now()
      const reached = await reach(id)
      if (!reached) return no({ code: 'sso_off' })
      if (!journey || journey.provider !== id || now >= journey.endsAt) return no({ code: 'sso_failed' })
      const claims = await claimsOf(reached.config, journey, `${publicUrl}${ssoPath(id, 'callback')}?${query}`).catch(
        (error: unknown) => void log.warn({ err: error, provider: id }, 'a single sign-on has failed'),
      )
      if (!claims) return no({ code: 'sso_failed' })
      return people.db.tx(async (tx) => {
        const person = await personOfClaims(tx, reached.provider, claims, now)
        if (!person) return no({ code: 'sso_address' })
        const groups = groupsIn(claims[reached.provider.groups_claim])
        await people.signedOn(tx, { memberId: person.id as MemberId, email: person.email, provider: id, groups }, now)
        const token = await beginSession(tx, person.id, now, { ...caller, days: people.rules().session_days })
        return yes({ token, back: journey.back })
      })
    },
  }
}

async function claimsOf(config: oidc.Configuration, journey: Journey, url: string): Promise<oidc.IDToken | undefined> {
  const tokens = await oidc.authorizationCodeGrant(config, new URL(url), {
    pkceCodeVerifier: journey.verifier,
    expectedState: journey.state,
    expectedNonce: journey.nonce,
    idTokenExpected: true,
  })
  return tokens.claims()
}

/** Who it is: known from before, a member with this address, or somebody new. */
async function personOfClaims(
  tx: Tx,
  provider: SsoProvider,
  claims: oidc.IDToken,
  now: Instant,
): Promise<PersonRow | undefined> {
  const linked = await memberOfLink(tx, claims.iss, claims.sub)
  if (linked !== undefined) return personById(tx, linked)
  const { email: said, email_verified: verified, name } = claims
  const email = typeof said === 'string' ? said.toLowerCase() : ''
  if (verified !== true || !provider.domains.includes(domainOf(email))) return undefined
  const id = makeId('mem', now, randomBytes(16))
  await insertMember(tx, { id, email, name: typeof name === 'string' ? name : '', at: now, verifiedAt: now })
  const person = (await personByEmail(tx, email)) as PersonRow
  if (person.verified_at === null) {
    // Whoever signed up with this address never showed that it is his.
    await dropCredentials(tx, person.id)
    await endSessions(tx, person.id, null)
    await setVerified(tx, person.id, now)
  }
  await insertLink(tx, { issuer: claims.iss, subject: claims.sub, memberId: person.id, at: now })
  return person
}

const groupsIn = (claim: unknown): readonly string[] =>
  Array.isArray(claim) ? claim.filter((group): group is string => typeof group === 'string') : []

/** A path of this server: nobody is sent elsewhere by a link that begins here. */
const isOurs = (path: string): boolean => /^\/(?![/\\])[^\s\\]*$/.test(path)
