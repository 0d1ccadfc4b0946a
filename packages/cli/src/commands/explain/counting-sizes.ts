import type { Kernel, Nest } from '@qernel/dsl'
import { usualSizes } from '@qernel/schedule/internal'
import { sizeOptions } from '../../arguments/sizes.ts'
import { UsageError } from '../../errors/usage-error.ts'

/**
 * A value for every size: fixed by `--set`, given by `--at`, or a default that satisfies the declared facts.
 * @throws UsageError
 */
export function countingSizes(texts: readonly string[], kernel: Kernel, nest: Nest): ReadonlyMap<string, number> {
  const given = sizeOptions(texts, kernel, text => `--at ${text}`)
  for (const [name, value] of given) {
    const fixed = nest.fixed.get(name)
    if (fixed !== undefined && fixed !== value)
      throw new UsageError({ what: `size ${name} is fixed to ${fixed}`, where: `--at ${name}=${value}` })
    for (const { size, multipleOf, because } of nest.assumptions)
      if (size === name && value % multipleOf !== 0)
        throw new UsageError({
          what: `size ${name} must be a multiple of ${multipleOf}, by ${because}`,
          where: `--at ${name}=${value}`,
          allowed: `${name}=${value - (value % multipleOf)}, ${name}=${value - (value % multipleOf) + multipleOf}`,
        })
  }
  return usualSizes(nest, given)
}
