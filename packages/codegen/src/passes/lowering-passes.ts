import { foldConstants } from './fold-constants.ts'
import { hideConstantDivisors } from './hide-constant-divisors.ts'
import type { Pass } from './pipeline.ts'

/** The passes that run first, for every language. */
export const loweringPasses: readonly Pass[] = [
  { name: 'fold-constants', summary: 'evaluates integers and conditions that are constant', run: foldConstants },
  {
    name: 'hide-constant-divisors',
    summary: 'keeps divisions by constants from becoming products',
    appliesTo: ({ numerics }) => !numerics.constantDivisorExact,
    run: hideConstantDivisors,
  },
]
