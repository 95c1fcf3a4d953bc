import { randomFillSync } from 'node:crypto'

import { wallText, type CallId, type Instant } from '@codeplan/core'

/** Ids are dated on the wall clock of UTC+8 whatever the operator's zone is: the form clients know (wire §1.2). */
const ID_ZONE = 'Asia/Shanghai'
const DICE_BYTES = 8
const POOL = Buffer.alloc(DICE_BYTES * 512)
let used = POOL.length

/** 30 characters: `yyyyMMddHHmmss`, then 16 lower-case hex. */
export function makeCallId(now: Instant): CallId {
  if (used === POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  const dice = POOL.toString('hex', used, used + DICE_BYTES)
  used += DICE_BYTES
  return dateOf(now) + dice
}

let lastSecond = 0
let lastDate = ''

function dateOf(now: Instant): string {
  const second = Math.floor(now / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastDate = wallText(ID_ZONE, now).replace(/\D/g, '')
  }
  return lastDate
}
