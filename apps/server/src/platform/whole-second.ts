import type { Instant } from '@codeplan/core'

/** Rounded up, so that whoever waits for it comes late enough; three digits less that a tool could take for a status. */
export const wholeSecond = (at: Instant): string =>
  `${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(0, -5)}Z`
