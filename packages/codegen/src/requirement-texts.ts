/** What sizes have to be for a kernel to be launched, as the comments of generated files say it. */
import { leastCommonMultiple } from '@qernel/dsl'
import type { SizeRequirement } from './compiled-kernel.ts'

/**
 * `D is a multiple of 4`: everything that is relied on of sizes that are given at launch, be it declared by the kernel or assumed by the
 * schedule. The code itself has no guards for it.
 */
export function requirementTexts(
  requires: readonly SizeRequirement[],
  sizes: readonly string[],
  nameOf: (size: string) => string,
): string[] {
  return sizes.flatMap(name => {
    const own = requires.filter(({ size }) => size === name)
    const multiple = own.map(({ multipleOf = 1 }) => multipleOf).reduce(leastCommonMultiple, 1)
    const most = Math.min(...own.map(({ atMost = Number.POSITIVE_INFINITY }) => atMost))
    return [
      ...(multiple === 1 ? [] : [`${nameOf(name)} is a multiple of ${multiple}`]),
      ...(most === Number.POSITIVE_INFINITY ? [] : [`${nameOf(name)} is at most ${most}`]),
    ]
  })
}
