import { expect, test } from 'vitest'

import { exportsOf } from './winners.ts'

test('exports of each shell are found with their line; what is commented out or for one command is none', () => {
  const profile = [
    'export A_B="x y"',
    "  C='d'",
    '# export NO=1',
    'set -gx FISH_KEY value',
    '$env:WIN_KEY = "w"',
    'echo export NOT=1',
    'alias a=b',
  ]
  expect(exportsOf(profile.join('\r\n'))).toEqual([
    { name: 'A_B', value: '"x', line: 1 },
    { name: 'C', value: 'd', line: 2 },
    { name: 'FISH_KEY', value: 'value', line: 4 },
    { name: 'WIN_KEY', value: 'w', line: 5 },
  ])
})
