/** A name for a wish. Not `randomUUID`: that is missing where a console is reached by plain http. */
export const newRequestKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
