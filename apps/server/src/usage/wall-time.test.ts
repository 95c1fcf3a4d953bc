import { describe, expect, test } from 'vitest'

import { readWall } from './wall-time.ts'

describe('times as meters write them', () => {
  const at = Date.UTC(2026, 7, 1, 22, 30)

  test.each(['2026-08-02 06:30:59', '2026-08-02T06:30:59', '2026-08-02+06:30:59', ' 2026-08-02 06:30 '])(
    '%j is read on the wall clock of the plan, to the minute',
    (text) => expect(readWall(text, 'Asia/Shanghai')).toBe(at),
  )

  test.each([undefined, '', 'yesterday', '1754087459000', '2026-08-02_06:30'])('%j is no time', (text) =>
    expect(readWall(text, 'Asia/Shanghai')).toBeUndefined(),
  )
})
