import type { Kernel } from '@qernel/dsl'
import fc from 'fast-check'
import { smallerKernels } from '../../trial/shrink-kernel.ts'
import { picker, randomNumbers } from '../numbers.ts'
import { randomKernel } from './random-kernel.ts'

/** Random kernels. Shrinking removes stages, then operations, that the failure does not need. */
class Kernels extends fc.Arbitrary<Kernel> {
  override generate(source: fc.Random): fc.Value<Kernel> {
    return new fc.Value(randomKernel(picker(randomNumbers(source.nextInt()))), undefined)
  }
  override canShrinkWithoutContext(value: unknown): value is Kernel {
    return typeof value === 'object' && value !== null && 'stages' in value
  }
  override shrink(kernel: Kernel): fc.Stream<fc.Value<Kernel>> {
    return fc.stream(smallerKernels(kernel)).map(one => new fc.Value(one, undefined))
  }
}

/**
 * Small well-formed kernels, for property tests with fast-check: elementwise stages and reductions over axes and groups, in and out
 * of every storage type, with temporaries, several outputs, gathers, selections and casts. Everything is exact on every
 * device except `fma`, which some devices refuse.
 */
export const randomKernels = (): fc.Arbitrary<Kernel> => new Kernels()
