import { Value } from '@qernel/dsl'
import type { Statement } from '../syntax.ts'
import type { Known } from './known.ts'

/** Names that loops, code and schedules can have. */
const usable = /^[A-Za-z][A-Za-z0-9_]{0,62}$/

/**
 * The value of `const u = …` under the name of the constant, which code and loops show where it is used several times. Something that has a name keeps
 * it, and what is only taken from elsewhere, as in `const u = pair[0]`, gets none: it may be used there too, and a value that is used twice is one object.
 */
export function named(known: Known, { pattern, value }: Statement & { readonly kind: 'const' }): Known {
  if (!(known instanceof Value) || pattern.kind !== 'name' || !usable.test(pattern.name)) return known
  if (value.kind === 'name' || value.kind === 'member' || value.kind === 'element') return known
  const { expr } = known
  if ((expr.kind !== 'op' && expr.kind !== 'reduce') || expr.name !== undefined) return known
  return new Value({ ...expr, name: pattern.name })
}
