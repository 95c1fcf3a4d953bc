import { expect } from 'vitest'

export type Data = Readonly<Record<string, unknown>>
export type Step = (...words: string[]) => Promise<Data & { exit: number }>
export type Refuses = (words: readonly string[], why: string) => Promise<void>

/** Commands about people, letters, teams, the shop and the sale, and what they refuse. */
export async function consoleSteps(email: string, step: Step, refuses: Refuses): Promise<void> {
  expect(await step('member', 'role', email, 'operator')).toMatchObject({ exit: 0, role: 'operator' })
  await refuses(['member', 'role', email, 'king'], 'member, support or operator')
  expect(await step('mail', 'list')).toMatchObject({ exit: 0, mails: [] })
  await refuses(['mail', 'show', 'mail_none'], 'mail list')
  const { team } = await step('team', 'add', 'Acme', email)
  await refuses(['team', 'add', 'Acme', 'no@example.org'], 'member add')
  expect(await step('team', 'seats', String(team), 'pro', '2', '--months', '12')).toMatchObject({ exit: 0 })
  await refuses(['team', 'seats', String(team), 'gold', '2'], 'no such plan')
  expect(await step('team', 'extend', String(team), 'pro', '--until', '2100-01-31')).toMatchObject({
    exit: 0,
    seats: 2,
  })
  await refuses(['team', 'extend', String(team), 'pro', '--until', 'later'], '--until')
  await refuses(['team', 'group', String(team), 'nobody', 'engineers'], 'people.oidc')
  expect(await step('team', 'list')).toMatchObject({ exit: 0, teams: [{ id: team, seats: 2, held: 0 }] })
  const ends_at = '2100-01-31T00:00:00.000Z'
  expect(await step('team', 'show', String(team))).toMatchObject({ team: { seats: [{ ends_at }, { ends_at }] } })

  expect(await step('subscription', 'show', email)).toMatchObject({ exit: 0, subscription: null, orders: [] })
  await refuses(['refund', email], '--reason')
  expect(await step('coupon', 'create', 'HELLO', '--percent', '20')).toMatchObject({ exit: 0, code: 'HELLO' })
  await refuses(['coupon', 'create', 'HELLO', '--percent', '20'], 'already')
  expect(await step('redeem', 'create', 'pro', '--count', '2')).toMatchObject({
    exit: 0,
    codes: [{}, {}].map(() => expect.any(String)),
  })
  expect(await step('sale', 'pause', 'lite')).toMatchObject({ exit: 0, paused: true })
  expect(await step('sale', 'resume', 'lite')).toMatchObject({ exit: 0, paused: false })
  await refuses(['sale', 'release', 'lite', '5'], 'not limited')
  await step('sale', 'suggest')
  const { entries } = await step('audit')
  const actions = (entries as readonly { readonly action: string }[]).map(({ action }) => action)
  expect(actions).toEqual(expect.arrayContaining(['member role', 'team seats', 'coupon create', 'sale pause']))
}
