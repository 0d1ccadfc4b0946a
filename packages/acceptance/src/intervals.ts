/** The values that a device may give, as intervals. */
import type { Run } from './judge.ts'
import type { Freedom } from './operate.ts'
import { asSeveral } from './possible.ts'
import { possibleResults } from './possible-results.ts'
import { reordersSums } from './sums.ts'

/** All values from `low` to `high`, where −0 is below +0, and NaN if `hasNaN`. Only NaN if `low` is above `high`. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly hasNaN: boolean
}

/**
 * The values that are right for every element of every output, in row-major order: with sums in any order if the schedule of the run reorders them. `judge` is
 * stricter: it expects the order of the schedule.
 */
export function intervalsOf(run: Run, freedom: Freedom): ReadonlyMap<string, readonly Interval[]> {
  const { kernel, inputs, sizes = new Map(), steps = [] } = run
  const sumsInAnyOrder = reordersSums(kernel, steps)
  const possible = possibleResults(kernel, inputs, sizes, { ...freedom, sumsInAnyOrder })
  const outputs = kernel.tensors.filter(({ role }) => role === 'output')
  return new Map(
    outputs.map(({ name }) => [
      name,
      Array.from(possible.get(name)?.values ?? [], value => {
        const { low, high, hasNaN } = asSeveral(value)
        return { low, high, hasNaN }
      }),
    ]),
  )
}
