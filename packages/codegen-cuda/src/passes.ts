import type { Pipeline } from '@qernel/codegen'
import {
  floatsOfCodes,
  initializeVariables,
  isolateProducts,
  loweringPasses,
  removeDeadCode,
  scalarize,
} from '@qernel/codegen/internal'
import { portableTarget } from './portable-target.ts'
import { declareLate } from './tidy/declare-late.ts'
import { storeCodesAsWords } from './tidy/divided-codes.ts'
import { inlineCopies } from './tidy/inline-copies.ts'
import { mergeConditions } from './tidy/merge-conditions.ts'

/** The passes that run before a program is printed as CUDA C++. */
export const pipeline: Pipeline<'cuda'> = {
  name: 'cuda',
  portableTarget,
  castsPointers: true,
  passes: [
    ...loweringPasses,
    {
      name: 'floats-of-codes',
      summary: 'makes floats of packed codes by their bits, where floats are summed',
      appliesTo: ({ numerics }) => numerics.fusedFma,
      run: floatsOfCodes,
    },
    {
      name: 'store-codes-as-words',
      summary: 'computes four quotients that are 8-bit codes as one word',
      run: storeCodesAsWords,
    },
    { name: 'scalarize', summary: 'splits operations on vectors into one per lane', run: scalarize },
    {
      name: 'isolate-products',
      summary: 'keeps products from being contracted with sums',
      appliesTo: ({ numerics }) => numerics.contracts,
      run: isolateProducts,
    },
    { name: 'remove-dead-code', summary: 'removes code that no store depends on', run: removeDeadCode },
    { name: 'inline-copies', summary: 'removes names that the next statement only copies', run: inlineCopies },
    {
      name: 'merge-conditions',
      summary: 'puts neighbouring statements with the same condition into one block',
      run: mergeConditions,
    },
    { name: 'declare-late', summary: 'declares variables where they are first needed', run: declareLate },
    { name: 'initialize-variables', summary: 'declares variables with their first values', run: initializeVariables },
  ],
}
