import { BlockList, isIP } from 'node:net'

import { no, yes, type Outcome } from '@codeplan/core'

const BITS = { 4: 32, 6: 128 } as const
const ENTRIES_MAX = 50

/** `10.0.0.0/8, 2001:db8::1` → its entries, or what is wrong. */
export function readAllowList(text: string): Outcome<readonly string[], string> {
  const entries = text.split(',').map((entry) => entry.trim())
  if (entries.length > ENTRIES_MAX) return no(`name at most ${ENTRIES_MAX} addresses`)
  const wrong = entries.find((entry) => !isNetwork(entry))
  return wrong === undefined ? yes(entries) : no(`${wrong || 'nothing'} is no address or network such as 10.0.0.0/8`)
}

function isNetwork(entry: string): boolean {
  const [address = '', bits, more] = entry.split('/')
  const family = isIP(address)
  if ((family !== 4 && family !== 6) || more !== undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= BITS[family])
}

export function makeAllowList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

export const allowsAddress = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, familyOf(address))

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
