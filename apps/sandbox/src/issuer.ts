import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Claims = Readonly<Record<string, unknown>>

export interface SandboxIssuer {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whoever comes next is this person; `spoil` changes the ID token, `forged` signs it with a key of somebody else. */
  signInAs(claims: Claims, options?: { readonly spoil?: (claims: Claims) => Claims; readonly forged?: boolean }): void
  close(): Promise<void>
}

interface Grant {
  readonly claims: Claims
  readonly challenge: string
  readonly redirect: string
}

const TOKEN_SEC = 300

/** An OpenID Connect provider that asks nobody for a password: discovery, code flow with PKCE, RS256. */
export async function startIssuer(): Promise<SandboxIssuer> {
  const clientId = 'codeplan'
  const clientSecret = randomBytes(12).toString('hex')
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const strange = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const grants = new Map<string, Grant>()
  let person: Claims = {}
  let spoil = (claims: Claims): Claims => claims
  let signer: KeyObject = keys.privateKey
  let url = ''

  const pages: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse, at: URL) => unknown>> = {
    '/.well-known/openid-configuration': (_, res) =>
      json(res, 200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      }),
    '/jwks': (_, res) =>
      json(res, 200, {
        keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }],
      }),
    '/authorize': (_, res, { searchParams: asked }) => {
      const code = randomBytes(12).toString('hex')
      const redirect = asked.get('redirect_uri') ?? ''
      const now = Math.floor(Date.now() / 1000)
      const claims = { iss: url, aud: clientId, iat: now, exp: now + TOKEN_SEC, nonce: asked.get('nonce'), ...person }
      grants.set(code, { claims: spoil(claims), challenge: asked.get('code_challenge') ?? '', redirect })
      const back = new URL(redirect)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      res.writeHead(302, { location: back.href }).end()
    },
    '/token': async (req, res) => {
      const form = new URLSearchParams(await bodyOf(req))
      const grant = grants.get(form.get('code') ?? '')
      grants.delete(form.get('code') ?? '')
      const verified = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const known = form.get('client_id') === clientId && form.get('client_secret') === clientSecret
      if (!grant || !known || verified !== grant.challenge || form.get('redirect_uri') !== grant.redirect)
        return json(res, 400, { error: 'invalid_grant' })
      return json(res, 200, { access_token: 'none', token_type: 'bearer', id_token: signed(grant.claims, signer) })
    },
  }
  const server = createServer((req, res) => {
    const at = new URL(req.url ?? '/', url)
    const page = pages[at.pathname]
    if (page) void page(req, res, at)
    else res.writeHead(404).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    clientId,
    clientSecret,
    signInAs: (claims, options = {}) => {
      person = claims
      spoil = options.spoil ?? ((same) => same)
      signer = options.forged ? strange.privateKey : keys.privateKey
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

function signed(claims: Claims, key: KeyObject): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of req as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
