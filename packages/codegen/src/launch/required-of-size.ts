import { leastCommonMultiple } from '@qernel/dsl/internal'
import type { SizeRequirement } from './compiled-kernel.ts'

/** All that is required of one size, taken together: 1 and infinity where that is nothing. */
export function requiredOfSize(
  requires: readonly SizeRequirement[],
  name: string,
): { readonly multipleOf: number; readonly atMost: number } {
  const own = requires.filter(({ size }) => size === name)
  return {
    multipleOf: own.map(({ multipleOf = 1 }) => multipleOf).reduce(leastCommonMultiple, 1),
    atMost: Math.min(...own.map(({ atMost = Number.POSITIVE_INFINITY }) => atMost)),
  }
}
