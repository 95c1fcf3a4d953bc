import { addMember, createKey, keysOfMember, memberByEmail, readAllowList, revokeKey } from '../identity/index.ts'
import { answer, wholeNumber, wrong, type Command } from './command.ts'

export const memberAdd: Command = {
  name: 'member add',
  usage: '<email> [--name "…"]',
  does: 'adds a person',
  words: { min: 1, max: 1 },
  options: { name: 'string' },
  audited: true,
  run: async (rooms, { words: [email = ''], options }) => {
    const added = await addMember(rooms.db, { email, name: String(options.name ?? '') }, rooms.clock.now())
    if (!added.ok) return wrong(added.no)
    return answer({ id: added.value.id, email: email.toLowerCase() }, `${email} is a member (${added.value.id})`)
  },
}

const MONTHS_MAX = 1_200

export const grantCommand: Command = {
  name: 'grant',
  usage: '<email> <plan> [--months n]',
  does: 'gives a subscription without payment, from now on',
  words: { min: 2, max: 2 },
  options: { months: 'string' },
  audited: true,
  run: async (rooms, { words: [email = '', plan = ''], options }) => {
    const months = wholeNumber(options.months, 1)
    if (months === undefined || months > MONTHS_MAX)
      return wrong(`--months takes a whole number from 1 to ${MONTHS_MAX}`)
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const granted = await rooms.entitlements.grant(
      { memberId: member.id, plan, months, source: 'grant' },
      rooms.clock.now(),
    )
    if (!granted.ok) return wrong(granted.no)
    const { subscriptionId, startsAt, endsAt } = granted.value
    const ends = new Date(endsAt).toISOString()
    return answer(
      { subscription: subscriptionId, plan, starts_at: new Date(startsAt).toISOString(), ends_at: ends },
      `${email} has ${plan} until ${ends} (${subscriptionId})`,
    )
  },
}

export const keyCreate: Command = {
  name: 'key create',
  usage: '<email> [--name "…"] [--allow 10.0.0.0/8,…]',
  does: 'makes an API key; it is shown this once',
  words: { min: 1, max: 1 },
  options: { name: 'string', allow: 'string' },
  audited: true,
  run: async (rooms, { words: [email = ''], options }) => {
    const allowed = options.allow === undefined ? undefined : readAllowList(String(options.allow))
    if (allowed?.ok === false) return wrong(`--allow: ${allowed.no}`)
    const made = await createKey(
      rooms.db,
      rooms.seal,
      { email, name: String(options.name ?? 'default'), ...(allowed ? { allowed: allowed.value } : {}) },
      rooms.clock.now(),
    )
    if (!made.ok) return wrong(made.no)
    return answer(
      { key: made.value.key, id: made.value.id },
      `${made.value.key}\nKeep it: only its hash is stored, so it cannot be shown again.`,
    )
  },
}

export const keyList: Command = {
  name: 'key list',
  usage: '<email>',
  does: 'lists the keys of a person',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [email = ''] }) => {
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const keys = (await keysOfMember(rooms.db.queries, member.id)).map((key) => ({
      id: key.id,
      name: key.name,
      begins_with: key.handle.slice(0, 8),
      created_at: new Date(key.created_at).toISOString(),
      last_used_at: key.last_used_at === null ? null : new Date(key.last_used_at).toISOString(),
      revoked: key.revoked_at !== null,
      allowed: key.allowed,
      many_addresses_at: key.many_addresses_at === null ? null : new Date(key.many_addresses_at).toISOString(),
    }))
    const line = (k: (typeof keys)[number]): string =>
      [
        `${k.id}  ${k.begins_with}…  ${k.name}  ${k.revoked ? 'revoked' : `last used ${k.last_used_at ?? 'never'}`}`,
        ...(k.allowed ? [`only from ${k.allowed.join(', ')}`] : []),
        ...(k.many_addresses_at ? [`MARK: many addresses within an hour, ${k.many_addresses_at}`] : []),
      ].join('  ')
    return answer({ keys }, keys.map(line).join('\n') || 'no keys')
  },
}

export const keyRevoke: Command = {
  name: 'key revoke',
  usage: '<key id>',
  does: 'ends a key, on every node within a second',
  words: { min: 1, max: 1 },
  audited: true,
  run: async (rooms, { words: [id = ''] }) => {
    const revoked = await rooms.db.tx((tx) => revokeKey(tx, id, rooms.clock.now()))
    return revoked
      ? answer({ revoked: id }, `${id} is revoked`)
      : wrong(`no key ${id} that is not revoked: see "key list <email>"`)
  },
}

export const noMember = (email: string): string => `no member ${email}: add one with "member add ${email}"`
