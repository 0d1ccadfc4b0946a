/**
 * The operations of the kernel language on intervals, in plain C++: for results that need not equal the definition bit for bit, because the kernels add
 * in another order, or because CUDA leaves the rounding of an operation open. The rules are those of `@qernel/acceptance`, whose intervals a test compares.
 */
import type { Definition } from '../functions.ts'
import { approximateFunctions, approximation } from './approximate.ts'
import { arithmeticFunctions } from './arithmetic.ts'
import { otherFunctions } from './comparisons-and-bits.ts'
import { intervalType } from './interval-type.ts'
import { openSum } from './open-sum.ts'

/** The functions for intervals by the names of those for numbers. */
export const onIntervals = (name: string): string => `Interval ${name}`

const operations = { ...arithmeticFunctions, ...approximateFunctions, ...otherFunctions }

/** Definitions of functions and types for intervals. Operations are found under `onIntervals(name)`. */
export const intervalDefinitions: Readonly<Record<string, Definition>> = {
  ...intervalType,
  ...approximation,
  ...Object.fromEntries(Object.entries(operations).map(([name, definition]) => [onIntervals(name), definition])),
  ...openSum,
}
