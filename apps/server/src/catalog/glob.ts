/** A pattern in which `*` stands for any text; for texts in lower case. */
export function globPattern(glob: string): RegExp {
  const text = glob
    .toLowerCase()
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
  return new RegExp(`^${text}$`)
}
