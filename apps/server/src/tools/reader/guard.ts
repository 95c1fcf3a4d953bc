import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

import { no, yes, type Outcome } from '@codeplan/core'
import ipaddr from 'ipaddr.js'

import type { Language } from '../../platform/index.ts'

export interface Address {
  readonly address: string
  readonly family: 4 | 6
}
export type Lookup = (host: string) => Promise<readonly Address[]>
export type Words = Readonly<Record<Language, string>>

export interface GuardRules {
  readonly ports: readonly number[]
  readonly openOrigins?: ReadonlySet<string> | undefined
  readonly lookup?: Lookup | undefined
}

const RESOLVE_MS_MAX = 4_000

/**
 * Asks the name servers themselves: a name of somebody else's that is answered slowly must not occupy the few threads in which
 * the system's look-up runs, and what a hosts file says is of the inside.
 */
const resolve: Lookup = async (host) => {
  const resolver = new Resolver({ timeout: RESOLVE_MS_MAX / 2, tries: 2 })
  const [v4, v6] = await Promise.all([resolver.resolve4(host).catch(() => []), resolver.resolve6(host).catch(() => [])])
  return [
    ...v4.map((address): Address => ({ address, family: 4 })),
    ...v6.map((address): Address => ({ address, family: 6 })),
  ]
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const NOT_PUBLIC: Words = {
  en: 'the host is not on the public internet',
  zh: '该主机不在公共互联网上',
}

/**
 * May this address be opened, and where does its name lead? The answer is the one address to connect to: the name is not asked
 * again, so it cannot mean something else a moment later. The parser has already made one form of all ways to write a number.
 */
export async function guard(url: URL, rules: GuardRules): Promise<Outcome<Address, Words>> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return no({ en: 'only http and https can be opened', zh: '仅支持 http 与 https 协议' })
  if (url.username || url.password)
    return no({ en: 'an address with a user name is not opened', zh: '不支持包含用户名的地址' })
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const isOpen = rules.openOrigins?.has(url.origin) === true
  const port = url.port === '' ? PORTS[url.protocol] : Number(url.port)
  if (!isOpen && !rules.ports.includes(port as number))
    return no({ en: `port ${port} is not opened, only ${rules.ports.join(', ')}`, zh: `不允许访问端口 ${port}` })
  const addresses = await addressesOf(host, isOpen, rules.lookup ?? resolve)
  const [first] = addresses
  if (!first) return no({ en: 'the name of the host leads nowhere', zh: '无法解析该主机名' })
  // One private address among public ones is a trap, not a choice.
  if (!isOpen && !addresses.every(({ address }) => isPublic(address))) return no(NOT_PUBLIC)
  return yes(first)
}

async function addressesOf(host: string, isOpen: boolean, lookup: Lookup): Promise<readonly Address[]> {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family: family === 6 ? 6 : 4 }]
  // Names that mean something only inside: nobody is asked about them.
  if (!isOpen && (!host.includes('.') || INSIDE.test(host))) return [{ address: '127.0.0.1', family: 4 }]
  return lookup(host).catch(() => [])
}

const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/i

/** A platform's own service on an address that looks public. */
const SERVICES_INSIDE = new Set(['168.63.129.16'])
/** Everything that is assigned to hosts of the internet; NAT64, 6to4, Teredo and the mapped forms lie elsewhere. */
const GLOBAL_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text) || SERVICES_INSIDE.has(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv6 ? address.match(GLOBAL_V6) : true
}
