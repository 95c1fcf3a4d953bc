import fastCheck, { assert, property, type Arbitrary } from 'fast-check'

/** Runs of a property in `npm test`; FC_RUNS raises it, FC_SEED repeats a failure (fast-check prints the seed). */
const runs = Number(process.env.FC_RUNS ?? 300)
const seed = process.env.FC_SEED ? Number(process.env.FC_SEED) : undefined

function check<Values extends [unknown, ...unknown[]]>(
  ...parts: [...{ [K in keyof Values]: Arbitrary<Values[K]> }, (...values: Values) => void]
): void {
  const holds = property(...(parts as unknown as [Arbitrary<unknown>, (value: unknown) => void]))
  assert(holds, { numRuns: runs, ...(seed === undefined ? {} : { seed }) })
}

/** fast-check, and `check`: a property that holds for all values, with the project's number of runs. */
export const fc = { ...fastCheck, check }
