import type { Pipeline } from '@qernel/codegen'
import {
  compareMagnitudesByBits,
  floatsOfCodes,
  isolateProductsByZero,
  loweringPasses,
  roundEachOperation,
} from '@qernel/codegen/internal'
import { portableWgsl } from './portable-target.ts'

/** The passes that run before a program is printed as WGSL. */
export const pipeline: Pipeline<'wgsl'> = {
  name: 'wgsl',
  portableTarget: portableWgsl,
  castsPointers: false,
  passes: [
    ...loweringPasses,
    {
      name: 'floats-of-codes',
      summary: 'makes floats of packed codes by their bits, where floats are summed',
      appliesTo: ({ numerics }) => numerics.fusedFma,
      run: floatsOfCodes,
    },
    {
      name: 'compare-magnitudes-by-bits',
      summary: 'computes maxima of magnitudes on their bits',
      run: compareMagnitudesByBits,
    },
    {
      name: 'isolate-products',
      summary: 'keeps products from being contracted with sums',
      // `round-each-operation` keeps products out of sums as well.
      appliesTo: ({ numerics }) => numerics.contracts && !numerics.reassociates,
      run: isolateProductsByZero,
    },
    {
      name: 'round-each-operation',
      summary: 'hides the result of each float operation from the next',
      appliesTo: ({ numerics }) => numerics.reassociates,
      run: roundEachOperation,
    },
  ],
}
