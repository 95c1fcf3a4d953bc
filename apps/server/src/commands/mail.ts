import { letterOf, mailById, mailsOf, plainText, type MailRow } from '../platform/index.ts'
import { answer, wrong, type Command } from './command.ts'

const LISTED = 50

/** What became of a letter. */
function stateOf({ sent_at, next_at, failure }: MailRow): string {
  if (sent_at !== null) return `sent ${new Date(sent_at).toISOString()}`
  if (next_at !== null)
    return failure === null ? 'waits' : `is tried again ${new Date(next_at).toISOString()} (${failure})`
  return failure === null ? 'kept: there is no SMTP_URL' : `given up (${failure})`
}

export const mailList: Command = {
  name: 'mail list',
  usage: '[<address>]',
  does: 'lists letters, the newest first, and what became of them',
  words: { min: 0, max: 1 },
  run: async (rooms, { words: [address] }) => {
    const mails = (await mailsOf(rooms.db.queries, { address, limit: LISTED })).map((row) => ({
      id: row.id,
      at: new Date(row.created_at).toISOString(),
      to: row.address,
      kind: row.kind,
      state: stateOf(row),
    }))
    return answer(
      { mails },
      mails.map((m) => `${m.id}  ${m.at}  ${m.to}  ${m.kind}  ${m.state}`).join('\n') || 'no letters',
    )
  },
}

export const mailShow: Command = {
  name: 'mail show',
  usage: '<id>',
  does: 'shows a letter as its reader sees it; links of letters that were sent are not kept',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [id = ''] }) => {
    const row = await mailById(rooms.db.queries, id)
    if (!row) return wrong(`no letter ${id}: see "mail list"`)
    const letter = letterOf(row, rooms.catalog.current().operator)
    const text = plainText(letter)
    return answer(
      { id, to: row.address, kind: row.kind, state: stateOf(row), subject: letter.subject, text },
      `To: ${row.address}\nSubject: ${letter.subject}\n\n${text}`,
    )
  },
}
