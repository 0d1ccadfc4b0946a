/** Trials for fast-check. */
import type { Kernel } from '@qernel/dsl'
import fc from 'fast-check'
import { randomKernel } from '../random/kernel/random-kernel.ts'
import { type Triple, triplesWith } from '../random/late-steps.ts'
import { picker, type Random, randomNumbers } from '../random/numbers.ts'
import { randomTrial } from './random-trials.ts'
import { type ShrinkOptions, smallerTrials } from './shrink-trial.ts'
import type { Trial } from './trial.ts'

/** Trials from a function. Shrinking makes the trials smaller, not the random numbers that produced them. */
export class Trials extends fc.Arbitrary<Trial> {
  readonly #make: (random: Random) => Trial
  readonly #shrink: ShrinkOptions
  constructor(make: (random: Random) => Trial, shrink: ShrinkOptions) {
    super()
    this.#make = make
    this.#shrink = shrink
  }
  override generate(source: fc.Random): fc.Value<Trial> {
    return new fc.Value(this.#make(randomNumbers(source.nextInt())), undefined)
  }
  override canShrinkWithoutContext(value: unknown): value is Trial {
    return typeof value === 'object' && value !== null && 'kernel' in value && 'cases' in value
  }
  override shrink(trial: Trial): fc.Stream<fc.Value<Trial>> {
    return fc.stream(smallerTrials(trial, this.#shrink)).map(one => new fc.Value(one, undefined))
  }
}

export interface RandomTrialOptions {
  /** Kernels to try in addition to random ones. */
  readonly kernels?: readonly Kernel[]
  /** The share of programs with a random kernel. Default 0.75; 1 if no other kernels are given. */
  readonly randomKernels?: number
  /**
   * Kinds of steps: the names of transforms, and `peel`. Every schedule then ends with a triple of kinds; the programs
   * go through all triples that contain a kind named here.
   */
  readonly triplesWith?: readonly string[]
  /** Launches of one program. Default 4. */
  readonly casesOfOneProgram?: number
}

/** Makes random schedules of the given kernels and of random kernels. */
export function trialMaker(options: RandomTrialOptions): (random: Random) => Trial {
  const { kernels = [], randomKernels = 0.75, casesOfOneProgram: cases = 4 } = options
  const triples = options.triplesWith === undefined ? [] : triplesWith(options.triplesWith)
  let left: Triple[] = []
  return random => {
    const pick = picker(random)
    // In random order, so that a few programs are a fair sample; every triple comes once before any is repeated.
    if (left.length === 0) left = shuffled(triples, random)
    const triple = left.pop()
    const isRandom = kernels.length === 0 || random() < randomKernels
    return randomTrial(isRandom ? randomKernel(pick) : pick(kernels), random, { cases, triple })
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const result = [...list]
  for (const last of [...result.keys()].reverse()) {
    const other = Math.floor(random() * (last + 1))
    ;[result[last], result[other]] = [result[other] as T, result[last] as T]
  }
  return result
}

/** Random schedules for property tests with fast-check: `evaluateTrial` runs one. Shrinking removes cases, steps, and parts of the kernel. */
export const randomTrials = (options: RandomTrialOptions = {}): fc.Arbitrary<Trial> =>
  new Trials(trialMaker(options), { kernel: true })
