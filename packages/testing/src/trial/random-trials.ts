/** Random trials of a kernel. */
import type { Extent, Kernel } from '@qernel/dsl'
import { applySchedule, loopsOf, type Pick, ScheduleRefusal, type Step } from '@qernel/schedule'
import { valueClasses } from '../random/inputs.ts'
import type { Triple } from '../random/late-steps.ts'
import { picker, type Random, randomSeed } from '../random/numbers.ts'
import { randomSchedule } from '../random/schedules.ts'
import { simulatedMachines } from './machine.ts'
import type { Case, Trial } from './trial.ts'
import { workOf } from './work.ts'

/** 0, 1, primes, and one below and one above the widths of tiles and vectors. */
const sizeValues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 23, 31, 32, 33, 37, 40] as const
/** The most work of one launch, see `workOf`: more takes longer and reveals nothing new. With triples, the number of programs matters more. */
const mostWork = 800
const mostWorkOfTriple = 150
/** The most work of a launch that reaches beyond long groups. */
const mostWorkBeyond = 400_000
/** Longer groups take too long. */
const longestGroup = 4096

export interface RandomTrial {
  /** The steps that every schedule begins with. */
  readonly steps?: readonly Step[]
  /** Whether other steps follow those. */
  readonly compose?: boolean
  /** Sizes that are fixed at compile time; by default, some at random. */
  readonly fixed?: Readonly<Record<string, number>>
  /** Launches of one program. */
  readonly cases: number
  /** The kinds of steps that every schedule ends with. */
  readonly triple?: Triple | undefined
  /**
   * Whether in one launch a size reaches beyond the longest group, part or tile of it, which may be longer than the sizes of all others: one more than 1024
   * tokens, for decode attention in chunks of 1024.
   */
  readonly reachesBeyond?: boolean
}

export function randomTrial(kernel: Kernel, random: Random, options: RandomTrial): Trial {
  const pick = picker(random)
  const { steps: first = [], compose = true } = options
  const most = options.triple === undefined ? mostWork : mostWorkOfTriple
  const sizes = randomSizes(kernel, pick, most, options.fixed)
  const drawn = Object.fromEntries(Object.entries(sizes).filter(() => pick([true, false, false, false])))
  const fixed = options.fixed ?? (takes(kernel, first, drawn) ? drawn : {})
  const steps = compose ? randomSchedule(kernel, new Map(Object.entries(fixed)), pick, first, options.triple) : first
  const beyond = options.reachesBeyond === true ? sizesBeyond(kernel, steps, fixed) : []
  const cases = Array.from({ length: options.cases }, (_, i): Case => {
    const own = i === 0 ? sizes : (beyond[i - 1] ?? randomSizes(kernel, pick, most, fixed))
    return { sizes: own, values: pick(valueClasses), seed: randomSeed(random) }
  })
  return { kernel, steps, fixed, cases, machine: Math.floor(random() * simulatedMachines.length) }
}

/** Whether given steps apply with fixed sizes: a step may promise something that a fixed size does not satisfy. */
function takes(kernel: Kernel, steps: readonly Step[], fixed: Readonly<Record<string, number>>): boolean {
  if (steps.length === 0 || Object.keys(fixed).length === 0) return true
  try {
    const { nest } = applySchedule(kernel, steps, { fixed: new Map(Object.entries(fixed)) })
    return nest.assumptions.every(({ size, multipleOf }) => (fixed[size] ?? 0) % multipleOf === 0)
  } catch (error) {
    // Any other error will show in the trial.
    return !(error instanceof ScheduleRefusal)
  }
}

/** For each size that has groups longer than `sizeValues`: one more than the longest, the other sizes as small as the kernel accepts. */
function sizesBeyond(
  kernel: Kernel,
  steps: readonly Step[],
  fixed: Readonly<Record<string, number>>,
): readonly Record<string, number>[] {
  const extents: Extent[] = kernel.tensors.flatMap(({ dims }) => dims)
  try {
    const { nest } = applySchedule(kernel, steps, { fixed: new Map(Object.entries(fixed)) })
    extents.push(...loopsOf(nest.body).map(({ loop }) => loop.extent))
  } catch {
    // The trial will show why.
  }
  const largest = Math.max(...sizeValues)
  return kernel.sizes.flatMap(({ name, facts: { atMost = Infinity } }) => {
    const groups = extents.flatMap(extent =>
      typeof extent === 'object' && extent.size === name && extent.dividedBy <= longestGroup ? [extent.dividedBy] : [],
    )
    const longest = Math.max(0, ...groups)
    if (name in fixed || longest <= largest || longest >= atMost) return []
    const sizes = kernel.sizes.map(({ name: other, facts: { multipleOf = 1 } }): [string, number] => {
      const wanted = other === name ? Math.ceil((longest + 1) / multipleOf) * multipleOf : multipleOf
      return [other, fixed[other] ?? wanted]
    })
    return workOf(kernel, new Map(sizes)) <= mostWorkBeyond ? [Object.fromEntries(sizes)] : []
  })
}

/** A value for every size. Fixed sizes are kept; the others satisfy the facts of the kernel and stay small. */
function randomSizes(
  kernel: Kernel,
  pick: Pick,
  most: number,
  fixed: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const sizes = new Map(
    kernel.sizes.map(({ name, facts: { multipleOf = 1, atMost = Infinity } }): [string, number] => {
      const largest = Math.floor(atMost / multipleOf)
      return [name, fixed[name] ?? Math.min(Math.ceil(pick(sizeValues) / multipleOf), largest) * multipleOf]
    }),
  )
  const lengthOf = (name: string): number => sizes.get(name) as number
  for (let i = 0; workOf(kernel, sizes) > most && i < 8; i++) {
    // Halve the largest size that may shrink.
    const free = kernel.sizes.filter(({ name, facts }) => !(name in fixed) && lengthOf(name) > (facts.multipleOf ?? 1))
    const [first] = free.sort((a, b) => lengthOf(b.name) - lengthOf(a.name))
    if (first === undefined) break
    const multiple = first.facts.multipleOf ?? 1
    sizes.set(first.name, Math.ceil(lengthOf(first.name) / multiple / 2) * multiple)
  }
  return Object.fromEntries(sizes)
}
