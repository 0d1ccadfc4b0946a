import type { Kernel, Nest } from '@qernel/dsl'
import { roundUpTo } from '@qernel/dsl/internal'

/**
 * A value for every size of a nest: fixed at compile time, given, or the next above a usual value that satisfies what the kernel declares and the
 * schedule assumes.
 *
 * @param usual by default 1024, which is large enough for counting that edges do not matter
 */
export const usualSizes = (nest: Nest, given: ReadonlyMap<string, number>, usual = 1024): ReadonlyMap<string, number> =>
  new Map(
    nest.kernel.sizes.map(({ name, facts }) => [
      name,
      nest.fixed.get(name) ?? given.get(name) ?? usualSize(facts, multipleOf(nest, name), usual),
    ]),
  )

const multipleOf = (nest: Nest, name: string): number =>
  nest.assumptions.reduce(
    (product, a) => (a.size === name && product % a.multipleOf !== 0 ? product * a.multipleOf : product),
    1,
  )

function usualSize(facts: Kernel['sizes'][number]['facts'], assumed: number, usual: number): number {
  const declared = facts.multipleOf ?? 1
  const unit = declared % assumed === 0 ? declared : assumed % declared === 0 ? assumed : declared * assumed
  const size = roundUpTo(usual, unit)
  return facts.atMost === undefined || size <= facts.atMost ? size : facts.atMost - (facts.atMost % unit)
}
