/** What sizes have to be for a kernel to be launched, as the comments of generated files say it. */
import type { SizeRequirement } from '../launch/compiled-kernel.ts'
import { requiredOfSize } from '../launch/required-of-size.ts'

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
    const { multipleOf, atMost } = requiredOfSize(requires, name)
    return [
      ...(multipleOf === 1 ? [] : [`${nameOf(name)} is a multiple of ${multipleOf}`]),
      ...(atMost === Number.POSITIVE_INFINITY ? [] : [`${nameOf(name)} is at most ${atMost}`]),
    ]
  })
}
