import type { Catalog } from './compile.ts'

/** Models that no call could reach: a key is missing in the environment. */
export function modelsWithoutRoute(
  { models }: Catalog,
  secret: (name: string) => string | undefined,
): readonly string[] {
  const usable = (keyEnvs: readonly string[]): boolean =>
    keyEnvs.length === 0 || keyEnvs.some((name) => secret(name) !== undefined)
  return [...models.values()]
    .filter((model) => !model.routes.some((route) => usable(route.upstream.keyEnvs)))
    .map((model) => model.id)
}
