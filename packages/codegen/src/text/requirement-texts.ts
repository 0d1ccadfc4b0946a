/** Texts for the requirements on sizes in the comments of generated files. */

import { flatMap } from '@qernel/dsl/internal'
import type { SizeRequirement } from '../launch/compiled-kernel.ts'
import { requiredOfSize } from '../launch/required-of-size.ts'

/**
 * `D is a multiple of 4`: all facts about launch-time sizes that the code relies on, whether the kernel declares them or the schedule assumes
 * them. The code itself does not check them.
 */
export function requirementTexts(
  requires: readonly SizeRequirement[],
  sizes: readonly string[],
  nameOf: (size: string) => string,
): string[] {
  return flatMap(sizes, name => {
    const { multipleOf, atMost } = requiredOfSize(requires, name)
    return [
      ...(multipleOf === 1 ? [] : [`${nameOf(name)} is a multiple of ${multipleOf}`]),
      ...(atMost === Number.POSITIVE_INFINITY ? [] : [`${nameOf(name)} is at most ${atMost}`]),
    ]
  })
}
