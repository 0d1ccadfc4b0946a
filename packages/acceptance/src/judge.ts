/** The rule: which results are right. */
import { interpretKernel, interpretNest, type Kernel, type Tensor } from '@qernel/dsl'
import { applySchedule, type Step } from '@qernel/schedule'
import { isApproximate } from './approximate.ts'
import { ulpDistance } from './floats.ts'
import type { Freedom } from './operate.ts'
import { allows, asSeveral, becauseOf, bitOf, type Possible, type Reason, reasonsOf, valuesOf } from './possible.ts'
import { type PossibleTensor, possibleResults } from './possible-results.ts'
import { nodesOf, reordersSums } from './sums.ts'

/** What was run, and on what. */
export interface Run {
  readonly kernel: Kernel
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Sizes that no input determines. Additional ones are allowed. */
  readonly sizes?: ReadonlyMap<string, number>
  /** The schedule, if it may have reordered sums; without it nothing may be reordered. */
  readonly steps?: readonly Step[]
  /** Sizes for which the schedule was made. */
  readonly fixed?: ReadonlyMap<string, number>
}

type Outputs = ReadonlyMap<string, Tensor>

/** One element that came out wrong. */
export interface Disagreement {
  /** The position as text: "q[3, 5]". */
  readonly at: string
  readonly expected: number
  readonly found: number
  /** Other values that would have been right, and why; absent if there are none. */
  readonly allowed?: string
}

/** How well one output agrees. */
export interface OutputVerdict {
  readonly name: string
  readonly total: number
  /** Elements that equal the expectation bit for bit. */
  readonly equal: number
  /** Other elements that are right because an operation in their history leaves a choice, counted by reason. One element may have several reasons. */
  readonly allowed: number
  readonly reasons: Readonly<Partial<Record<Reason, number>>>
  /** The largest distance of those from the expectation: in units in the last place for 32-bit floats, in codes for integers. */
  readonly farthest: number
  readonly wrong: number
  /** The first position that is not equal. */
  readonly firstDifference?: number
}

/** The verdict of the rule on the results of a run: equal, allowed or wrong, and why. */
export interface Verdict {
  readonly isRight: boolean
  readonly outputs: readonly OutputVerdict[]
  /** The first wrong elements. */
  readonly disagreements: readonly Disagreement[]
}

/** What a device of `@qernel/runtime` and its language leave open. */
export const freedomOf = (device: {
  readonly target: { readonly name: 'wgsl' | 'cuda' }
  readonly profile: { readonly keepsDenormals: boolean }
}): Freedom => ({ language: device.target.name, keepsDenormals: device.profile.keepsDenormals })

/** An interpreter or a simulator: every operation is exact. */
export const exact: Freedom = { language: 'interpreter', keepsDenormals: true }

/** The expected results: those of the definition or, if the schedule reorders float sums, those of its loops. */
export function expectedResults({ kernel, inputs, sizes, steps = [], fixed = new Map() }: Run): Outputs {
  if (!reordersSums(kernel, steps)) return interpretKernel(kernel, inputs, sizes)
  return interpretNest(applySchedule(kernel, steps, { fixed }).nest, inputs, sizes ?? new Map())
}

/**
 * Whether results are right. An element is right if it equals the expectation bit for bit; all NaNs are equal, −0 is
 * not +0. Any other value is right only if the history of this very element contains a denormal that the device
 * flushes, or an operation that may be inexact in its language, and some choice of those gives the value
 * (`possibleResults`).
 *
 * @param expected the expectation of the run, if it is already known
 * @throws RangeError where an output has another number of elements
 */
export function judge(run: Run, found: Outputs, freedom: Freedom, expected: Outputs = expectedResults(run)): Verdict {
  const outputs: OutputVerdict[] = []
  const disagreements: Disagreement[] = []
  let possible: ReadonlyMap<string, PossibleTensor> | undefined
  const isOpen = leavesChoice(run.kernel, freedom)
  const sumsInAnyOrder = reordersSums(run.kernel, run.steps ?? [])
  for (const { name } of run.kernel.tensors.filter(({ role }) => role === 'output')) {
    const { type, shape, data: wanted } = expected.get(name) as Tensor
    const given = found.get(name)?.data ?? []
    if (given.length !== wanted.length)
      throw new RangeError(`${name} has ${given.length} elements; the reference has ${wanted.length}`)
    const count = { equal: 0, allowed: 0, wrong: 0, farthest: 0 }
    const reasons: Partial<Record<Reason, number>> = {}
    let firstDifference: number | undefined
    for (let i = 0; i < wanted.length; i++) {
      const [want, have] = [wanted[i] as number, given[i] as number]
      if (Object.is(want, have)) {
        count.equal++
        continue
      }
      firstDifference ??= i
      if (isOpen)
        possible ??= possibleResults(run.kernel, run.inputs, run.sizes ?? new Map(), { ...freedom, sumsInAnyOrder })
      const may = possible?.get(name)?.values[i] ?? want
      // The order of sums is no choice here: the loops fix it.
      const isFree = (becauseOf(may) & ~bitOf('order of a sum')) !== 0
      if (isFree && allows(may, have)) {
        count.allowed++
        for (const reason of reasonsOf(becauseOf(may))) reasons[reason] = (reasons[reason] ?? 0) + 1
        const distance = type.kind === 'float' ? ulpDistance(want, have) : Math.abs(want - have)
        if (distance > count.farthest) count.farthest = distance
      } else {
        count.wrong++
        if (disagreements.length < mostTold)
          disagreements.push({
            at: `${name}[${positionIn(shape, i).join(', ')}]`,
            expected: want,
            found: have,
            ...(isFree && { allowed: possibleText(may) }),
          })
      }
    }
    outputs.push({
      name,
      total: wanted.length,
      ...count,
      reasons,
      ...(firstDifference !== undefined && { firstDifference }),
    })
  }
  return { isRight: outputs.every(({ wrong }) => wrong === 0), outputs, disagreements }
}

/** Nobody needs more. */
const mostTold = 100

/** The wrong elements of the results; empty if they are right. */
export const disagreements = (
  run: Run,
  found: Outputs,
  freedom: Freedom,
  expected?: Outputs,
): readonly Disagreement[] => judge(run, found, freedom, expected).disagreements

/** A disagreement in a sentence: where, what came out, what is allowed. */
export function disagreementText({ at, expected, found, allowed }: Disagreement): string {
  return `${at} is ${show(found)}, not ${show(expected)}${allowed === undefined ? '' : `; allowed: ${allowed}`}`
}

const show = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

export function possibleText(may: Possible): string {
  const { low, high, hasNaN } = asSeveral(may)
  const values = valuesOf(may)
  const text =
    values === undefined ? `${show(low)} to ${show(high)}${hasNaN ? ' or NaN' : ''}` : values.map(show).join(', ')
  return `${text} (${reasonsOf(becauseOf(may)).join(', ')})`
}

const leavesChoice = (kernel: Kernel, { keepsDenormals, language }: Freedom): boolean =>
  !keepsDenormals || (language !== 'interpreter' && nodesOf(kernel).some(e => e.kind === 'op' && isApproximate(e.op)))

/** The index of an element from its position in row-major order. */
export function positionIn(shape: readonly number[], flat: number): number[] {
  const index: number[] = []
  let rest = flat
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return index
}
