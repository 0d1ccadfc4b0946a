import type { Kernel } from '@qernel/dsl'
import fc from 'fast-check'
import { smallerKernels } from '../../trial/shrink-kernel.ts'
import { picker, randomNumbers } from '../numbers.ts'
import { randomKernel } from './random-kernel.ts'

/** Kernels at random; a failure loses stages, then operations, whatever it does not need. */
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
 * of every storage type, with temporaries, several outputs, gathers, selections and casts. All of it is exact on every device but
 * `fma`, which some refuse.
 */
export const randomKernels = (): fc.Arbitrary<Kernel> => new Kernels()
