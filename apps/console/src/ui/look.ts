/** Class names that hold; falsy ones are left out. */
export const look = (...names: readonly (string | false | null | undefined)[]): string =>
  names.filter(Boolean).join(' ')

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad'
