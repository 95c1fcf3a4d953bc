import { outline } from '@codeplan/dialect'
import { expect, test } from 'vitest'

import { classify } from './classify.ts'

const callOf = (headers: Record<string, string>, more: object) => {
  const body = { model: 'glm-4.7', messages: [{ role: 'user', content: 'write a file' }], ...more }
  const read = outline('openai', Buffer.from(JSON.stringify(body)))
  if (!read.ok) throw new Error(JSON.stringify(read.fault))
  return classify(headers, read.outline)
}

test('F84: the title that Kilo Code asks for by a session of its own belongs to the session that it is for', () => {
  const session = 'ses_df096674fffegOnHIHCnHLXlk9'
  const question = callOf({ 'x-session-id': session }, { tools: [{ type: 'function', function: { name: 'write' } }] })
  const title = callOf({ 'x-session-id': `title-${session}` }, {})
  expect([question.asked, title.asked, title.mark]).toEqual(['question', 'background', 'title'])
  expect(title.session).toBe(question.session)
  // Only so: any other name is a session of its own.
  expect(callOf({ 'x-session-id': `untitled-${session}` }, {}).session).not.toBe(question.session)
})
