import { MAX_RATIO, OURS, type Row, type Scenario } from './judge.ts'

/** What we may add to the time to the first token while the machine has little to do. */
const ADDED_TTFT_MS_MAX = 5

export interface Report {
  readonly text: string
  readonly ok: boolean
}

/** Our ratios and added times in one table, against what they may be. */
export function report(scenarios: readonly Scenario[], judged: boolean): Report {
  const lines = scenarios.map((scenario) => lineOf(scenario, judged))
  const head = [
    '| scenario | ours us/req | database us/req | raw Node us/req | x raw Node | at most | x nginx | Portkey ÷ ours | added TTFT p50 ms | peak RSS MB | verdict |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|',
  ]
  return {
    text: `\n### ${OURS} in short (CPU of its process; the database's beside it)\n\n${[...head, ...lines.map((l) => l.text)].join('\n')}\n`,
    ok: lines.every((line) => line.ok),
  }
}

function lineOf({ key, rows, stream, many }: Scenario, judged: boolean): Report {
  const ours = rows.find((row) => row.name === OURS)
  const node = rawNode(rows)
  const of = (name: string): Row | undefined => rows.find((row) => row.name === name)
  const ratio = divide(ours?.cpuReq, node?.cpuReq)
  const most = judged ? MAX_RATIO[key] : undefined
  const ttft = stream && !many ? divide(ours?.addP50, 1_000) : undefined
  const faults: string[] = []
  if (!ours) faults.push('not measured')
  if (ours && ours.bad > 0) faults.push(`${ours.bad} failed`)
  if (most !== undefined && !(ratio !== undefined && ratio <= most)) faults.push('too much CPU')
  if (judged && ttft !== undefined && ttft > ADDED_TTFT_MS_MAX) faults.push(`TTFT above ${ADDED_TTFT_MS_MAX} ms`)
  const cells = [
    key,
    figure(ours?.cpuReq),
    figure(ours?.helperReq),
    figure(node?.cpuReq),
    figure(ratio, 2),
    figure(most, 1),
    figure(divide(ours?.cpuReq, of('nginx')?.cpuReq), 2),
    figure(divide(of('portkey')?.cpuReq, ours?.cpuReq), 1),
    figure(ttft, 2),
    figure(ours?.peak),
    faults.length > 0 ? `NOT OK: ${faults.join(', ')}` : 'ok',
  ]
  return { text: `| ${cells.join(' | ')} |`, ok: faults.length === 0 }
}

/** The cheaper of the raw Node proxies is what Node can do at all. */
function rawNode(rows: readonly Row[]): Row | undefined {
  return rows
    .filter((row) => row.name.startsWith('node-') && row.cpuReq !== null)
    .toSorted((a, b) => (a.cpuReq ?? 0) - (b.cpuReq ?? 0))[0]
}

type Figure = number | null | undefined

function divide(a: Figure, b: Figure): number | undefined {
  return typeof a === 'number' && typeof b === 'number' ? a / b : undefined
}

function figure(value: Figure, digits = 0): string {
  return typeof value === 'number' ? value.toFixed(digits) : '-'
}
