/**
 * What a client wrote, as far as it can be kept and shown: no control characters (PostgreSQL keeps no NUL), nothing that turns
 * the direction of text, no half of a pair (it keeps none of those either), nothing that was no UTF-8.
 */
export const shownText = (text: string, lengthMax: number): string =>
  text.slice(0, lengthMax).replaceAll(UNSHOWN, '').trim()

const UNSHOWN = /[\p{C}\uFFFD]/gu
