import { applyCatalog, readCatalog, type CatalogFault } from '../catalog/index.ts'
import { answer, wrong, type Command } from './command.ts'

const listFaults = (faults: readonly CatalogFault[]): string =>
  [`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}; nothing was changed:`, ...faults.map(faultLine)].join(
    '\n',
  )

const faultLine = (fault: CatalogFault): string =>
  `  line ${fault.line}: ${fault.path ? `${fault.path}: ` : ''}${fault.cure}`

const fileOrDefault: NonNullable<Command['inputFile']> = ({ words: [file] }, { catalogFile }) => file ?? catalogFile

/** Needs no database: the caller runs it without rooms. */
export function checkSource(source: string) {
  const read = readCatalog(source)
  if (!read.ok) return wrong(listFaults(read.no))
  const { plans, models, upstreams } = read.value
  const counts = { plans: plans.length, models: models.length, upstreams: upstreams.length }
  return answer(
    { ok: true, ...counts },
    `ok: ${counts.plans} plans, ${counts.models} models, ${counts.upstreams} upstreams`,
  )
}

export const catalogCheck: Command = {
  name: 'catalog check',
  usage: '[file]',
  does: 'lists every fault of a catalog file with its line and cure',
  words: { min: 0, max: 1 },
  inputFile: fileOrDefault,
  run: async (_, { input = '' }) => checkSource(input),
}

export const catalogApply: Command = {
  name: 'catalog apply',
  usage: '[file]',
  does: 'makes a catalog file the running one, without a restart',
  words: { min: 0, max: 1 },
  inputFile: fileOrDefault,
  audited: true,
  run: async (rooms, { input = '' }) => {
    const applied = await applyCatalog(rooms.db, input, 'command line', rooms.clock.now())
    if (!applied.ok) return wrong(listFaults(applied.no))
    await rooms.catalog.refresh()
    const { version, changed, planVersions } = applied.value
    const plans = planVersions.map((p) => `${p.plan} v${p.version}`).join(', ')
    const text = changed
      ? `version ${version} is running${plans ? `; new plan versions: ${plans}` : ''}`
      : `unchanged: version ${version}`
    return answer({ version, changed, plan_versions: planVersions }, text)
  },
}
