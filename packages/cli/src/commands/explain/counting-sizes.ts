import type { Kernel, Nest } from '@qernel/dsl'
import { roundUpTo } from '@qernel/dsl/internal'
import { sizeOptions } from '../../arguments/sizes.ts'
import { UsageError } from '../../errors/usage-error.ts'

/** The value of an open size for counting: large enough that edges do not matter. */
const usual = 1024

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
  return new Map(
    kernel.sizes.map(({ name, facts }) => [
      name,
      nest.fixed.get(name) ?? given.get(name) ?? usualSize(facts, multipleOf(nest, name)),
    ]),
  )
}

const multipleOf = (nest: Nest, name: string): number =>
  nest.assumptions.reduce(
    (product, a) => (a.size === name && product % a.multipleOf !== 0 ? product * a.multipleOf : product),
    1,
  )

function usualSize(facts: Kernel['sizes'][number]['facts'], assumed: number): number {
  const declared = facts.multipleOf ?? 1
  const unit = declared % assumed === 0 ? declared : assumed % declared === 0 ? assumed : declared * assumed
  const size = roundUpTo(usual, unit)
  return facts.atMost === undefined || size <= facts.atMost ? size : facts.atMost - (facts.atMost % unit)
}
