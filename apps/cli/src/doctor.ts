import { accountOf } from './account.ts'
import { factsOf } from './doctor/facts.ts'
import type { Finding } from './doctor/finding.ts'
import { findingsOf } from './doctor/findings.ts'
import { givenAccount, parse } from './options.ts'
import { placesOf } from './places.ts'
import { EXIT, type Exit, type Language, type World } from './world.ts'

const MARKS: Readonly<Record<Finding['level'], readonly [sign: string, colour: number]>> = {
  ok: ['ok   ', 32],
  note: ['note ', 33],
  fault: ['FAULT', 31],
}

/** Finds why a tool does not reach the plan. Looks only; each fault comes with its cure. */
export async function doctor(world: World, args: readonly string[], language: Language): Promise<Exit> {
  const { values } = parse(args, { json: { type: 'boolean' } })
  const places = placesOf(world)
  const account = await accountOf(places, world.env, await givenAccount(values, world))
  const findings = findingsOf(await factsOf(world, places, account, language), world.now())
  const ok = findings.every(({ level }) => level !== 'fault')
  if (values.json) {
    const told = findings.map(({ id, level, says, cure }) => ({
      id,
      level,
      says: says[language],
      cure: cure?.[language] ?? null,
    }))
    world.out(`${JSON.stringify({ ok, findings: told }, null, 2)}\n`)
  } else
    for (const { level, says, cure } of findings) {
      const [sign, colour] = MARKS[level]
      world.out(`${world.colour ? `\u001B[${colour}m${sign}\u001B[39m` : sign} ${says[language]}\n`)
      if (cure) world.out(`      → ${cure[language]}\n`)
    }
  return ok ? EXIT.ok : EXIT.faults
}
