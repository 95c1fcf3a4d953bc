import { examine } from '../admin/index.ts'
import { answer, type Command } from './command.ts'

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  does: 'checks database, catalog, upstreams and books; every line is ok or names its cure',
  words: { min: 0, max: 0 },
  run: async (rooms) => {
    const findings = await examine(rooms)
    const ok = findings.every((f) => f.ok)
    const text = findings.map((f) => `${f.ok ? 'ok  ' : 'FAIL'}  ${f.check}: ${f.says}`).join('\n')
    return answer({ ok, findings }, text)
  },
}
