import { expect, test } from 'vitest'

import type { Edit, Json } from './change.ts'
import { editSettings, takeBack } from './edit-file.ts'

const back = (file: string, now: string, done: readonly Edit[], before: Json) => {
  const { change, stays } = takeBack(file, now, done, before)
  return { text: change.ok ? change.text : change.why.en, stays }
}

test('what was set is taken back where it is still so; what somebody else has changed stays and is named', () => {
  const done: readonly Edit[] = [
    { path: ['on'], value: true },
    { path: ['key'], value: undefined },
    { path: ['servers', 'ours'], value: { url: 'x' } },
    { path: ['servers', 'other'], value: 1 },
    { path: ['made', 'by', 'us'], value: 1 },
  ]
  const now = '{"n":2,"on":true,"servers":{"ours":{"url":"x"},"other":2},"made":{"by":{"us":1}}}'
  expect(back('a.json', now, done, { on: false, key: 'k', servers: {} })).toEqual({
    text: '{"n":2,"on":false,"servers":{"other":2},"key": "k"}',
    stays: ['servers.other'],
  })
})

test('entries of a list are found where they are now', () => {
  const done = [1, 2].map((n) => ({ path: ['list', n], value: { n } }))
  const before = { list: [{ n: 0 }, { n: 9 }] }
  expect(back('a.json', '{"list":[{"n":2},{"n":0},{"n":1},{"n":3}]}', done, before)).toEqual({
    text: '{"list":[{"n":0},{ "n": 9 },{"n":3}]}',
    stays: [],
  })
})

test('TOML: tables that were made go whole, others lose our values', () => {
  const done: readonly Edit[] = [
    { path: ['model'], value: 'm' },
    { path: ['p', 'ours', 'url'], value: 'u' },
    { path: ['p', 'theirs', 'url'], value: 'u' },
  ]
  const before = 'model = "old" # one\n\n[p.theirs]\nname = "t"\n'
  const set = editSettings('a.toml', before, done)
  const now = `${set.ok && set.text}\n[projects."/a"]\ntrust_level = "trusted"\n`
  const root = { model: 'old', p: { theirs: { name: 't' } } }
  expect(back('a.toml', now, done, root)).toEqual({
    text: `${before}\n[projects."/a"]\ntrust_level = "trusted"\n`,
    stays: [],
  })
})
