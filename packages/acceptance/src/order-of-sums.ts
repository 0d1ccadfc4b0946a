/** Compares the results of schedules that reorder sums with the definition. */
import { interpretKernel, type Tensor } from '@qernel/dsl'
import { ulpDistance } from './floats.ts'
import { type Disagreement, exact, positionIn, possibleText, type Run } from './judge.ts'
import type { Freedom } from './operate.ts'
import { allows, asSeveral, type Possible } from './possible.ts'
import { possibleElements } from './possible-elements.ts'
import { possibleResults } from './possible-results.ts'
import { reordersSums } from './sums.ts'

/** How far the results of a schedule that reorders sums are from the definition. */
export interface OrderDistance {
  readonly name: string
  /** The largest distance: in units in the last place for floats, in codes for integers. */
  readonly farthest: number
  /** The largest share of its bound that any element uses: at most 1 if the bound holds. */
  readonly shareOfBound: number
  /** Elements outside the bound for sums in any order. */
  readonly beyond: number
}

/**
 * Compares results with the definition under sums in any order: a sum of n terms t is within γ · Σ|t| of the real sum,
 * and this bound is carried through the operations that follow. Undefined if the schedule keeps the order.
 */
export function distanceToDefinition(
  run: Run,
  found: ReadonlyMap<string, Tensor>,
  freedom: Freedom,
): readonly OrderDistance[] | undefined {
  if (!reordersSums(run.kernel, run.steps ?? [])) return undefined
  const { kernel, inputs, sizes = new Map() } = run
  const defined = interpretKernel(kernel, inputs, sizes)
  const possible = possibleResults(kernel, inputs, sizes, { ...freedom, sumsInAnyOrder: true })
  return outputsOf(run).map(({ name, type }) => {
    const [wanted, given] = [defined.get(name)?.data ?? [], found.get(name)?.data ?? []]
    const distance = new Distance(name, type)
    for (let i = 0; i < wanted.length; i++)
      distance.add(wanted[i] as number, given[i] as number, possible.get(name)?.values[i])
    return distance.result
  })
}

/**
 * The elements that no order of the sums gives: a sum is within γ · Σ|t| of the real sum, and this bound is carried through the operations that follow. `judge`
 * expects the order of the schedule, as its loops have it; this holds those loops to the definition. Empty if the schedule keeps the order.
 */
export function beyondAnyOrder(
  run: Run,
  found: ReadonlyMap<string, Tensor>,
  freedom: Freedom,
): readonly Disagreement[] {
  if (!reordersSums(run.kernel, run.steps ?? [])) return []
  const { kernel, inputs, sizes = new Map() } = run
  const possible = possibleResults(kernel, inputs, sizes, { ...freedom, sumsInAnyOrder: true })
  const defined = interpretKernel(kernel, inputs, sizes)
  return outputsOf(run).flatMap(({ name }) => {
    const { shape, data } = defined.get(name) as Tensor
    const given = found.get(name)?.data ?? []
    return Array.from(data).flatMap((expected, i): Disagreement[] => {
      const may = possible.get(name)?.values[i] ?? expected
      const have = given[i] as number
      if (allows(may, have)) return []
      return [{ at: `${name}[${positionIn(shape, i).join(', ')}]`, expected, found: have, allowed: possibleText(may) }]
    })
  })
}

/**
 * The same for single elements of results that are too large to compute in full: an element is right if it is within
 * the bound for any order. `judge` is stricter: it expects the order of the schedule.
 *
 * @param positions of the elements of each output, in row-major order
 * @param mostTerms the most terms of reductions that are computed
 * @returns undefined if that is not enough
 */
export function distanceOfElements(
  run: Run,
  found: ReadonlyMap<string, Tensor>,
  freedom: Freedom,
  positions: ReadonlyMap<string, readonly number[]>,
  mostTerms = Number.POSITIVE_INFINITY,
): readonly OrderDistance[] | undefined {
  const { kernel, inputs, sizes = new Map() } = run
  let left = mostTerms
  const onTerm = (): void => {
    if (--left < 0) throw new TooManyTerms()
  }
  const defined = possibleElements(kernel, inputs, sizes, { ...exact, sumsInAnyOrder: false }, onTerm)
  const sumsInAnyOrder = reordersSums(kernel, run.steps ?? [])
  const possible = possibleElements(kernel, inputs, sizes, { ...freedom, sumsInAnyOrder }, onTerm)
  try {
    return outputsOf(run).map(({ name, type }) => {
      const distance = new Distance(name, type)
      for (const position of positions.get(name) ?? []) {
        const want = asSeveral(defined.get(name)?.at(position) ?? 0)
        const have = found.get(name)?.data[position] as number
        distance.add(want.hasNaN ? Number.NaN : want.low, have, possible.get(name)?.at(position))
      }
      return distance.result
    })
  } catch (error) {
    if (error instanceof TooManyTerms) return undefined
    throw error
  }
}

class TooManyTerms extends Error {}

const outputsOf = ({ kernel }: Run) => kernel.tensors.filter(({ role }) => role === 'output')

class Distance {
  readonly #name: string
  readonly #isFloat: boolean
  #farthest = 0
  #shareOfBound = 0
  #beyond = 0
  constructor(name: string, type: Tensor['type']) {
    this.#name = name
    this.#isFloat = type.kind === 'float'
  }

  add(want: number, have: number, may: Possible = want): void {
    if (Object.is(want, have)) return
    if (!allows(may, have)) this.#beyond++
    const { low, high } = asSeveral(may)
    this.#farthest = Math.max(this.#farthest, this.#isFloat ? ulpDistance(want, have) : Math.abs(want - have))
    const share = Math.abs(have - want) / Math.max(high - want, want - low)
    if (share > this.#shareOfBound) this.#shareOfBound = share
  }

  get result(): OrderDistance {
    return {
      name: this.#name,
      farthest: this.#farthest,
      shareOfBound: this.#shareOfBound,
      beyond: this.#beyond,
    }
  }
}
