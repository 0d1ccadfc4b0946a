/** Trials for fast-check. */
import type { Kernel } from '@qernel/dsl'
import fc from 'fast-check'
import { randomKernel } from '../random/kernel/random-kernel.ts'
import { type Triple, triplesWith } from '../random/late-steps.ts'
import { picker, type Random, randomNumbers } from '../random/numbers.ts'
import { randomTrial } from './random-trials.ts'
import { type ShrinkOptions, smallerTrials } from './shrink-trial.ts'
import type { Trial } from './trial.ts'

/** Trials from a function; they get smaller as trials do, not as the random numbers that made them. */
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
  /** Kernels to try beside those that are made at random. */
  readonly kernels?: readonly Kernel[]
  /** The share of programs whose kernel is made at random. Default 0.75; 1 where no other kernels are given. */
  readonly randomKernels?: number
  /**
   * Kinds of steps: the names of transforms, and `peel`. Schedules then end with three kinds of steps one after another, each program with
   * the next of all triples that hold a kind named here.
   */
  readonly triplesWith?: readonly string[]
  /** Launches of one program. Default 4. */
  readonly casesOfOneProgram?: number
}

/** Makes random schedules of given kernels and of kernels that are random themselves. */
export function trialMaker(options: RandomTrialOptions): (random: Random) => Trial {
  const { kernels = [], randomKernels = 0.75, casesOfOneProgram: cases = 4 } = options
  const triples = options.triplesWith === undefined ? [] : triplesWith(options.triplesWith)
  let left: Triple[] = []
  return random => {
    const pick = picker(random)
    // In any order, so that a few programs are a sample; each has had its turn before one comes again.
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

/** Random schedules for property tests with fast-check: `evaluateTrial` runs one. What fails loses cases, steps, and parts of its kernel. */
export const randomTrials = (options: RandomTrialOptions = {}): fc.Arbitrary<Trial> =>
  new Trials(trialMaker(options), { kernel: true })
