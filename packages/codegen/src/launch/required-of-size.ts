import { leastCommonMultiple } from '@qernel/dsl/internal'
import type { SizeRequirement } from './compiled-kernel.ts'

/** All requirements on one size combined; 1 and infinity stand for no requirement. */
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
