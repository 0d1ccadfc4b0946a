/** Expressions of many operations that reuse values so often that most would exceed any memory if written out in full. */
import type { Value } from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { randomValue } from './expressions.ts'
import type { Numeric, Scope } from './scope.ts'

/** Numbers of operations in sequence. The longest are so deep that a program gives names to about ten of their parts. */
const lengths = [5, 10, 20, 40, 80, 330] as const

/** A value that is computed from its previous value, step by step, and from a few others. */
export function longValue(type: Numeric, scope: Scope, pick: Pick): Value {
  const others = Array.from({ length: 3 }, () => randomValue(type, 2, scope, pick))
  let [before, value] = [randomValue(type, 1, scope, pick), randomValue(type, 2, scope, pick)]
  for (let length = pick(lengths); length > 0; length--)
    [before, value] = [value, (type === 'f32' ? nextFloat : nextInteger)(value, before, pick(others), pick)]
  return value
}

/** Most operations keep a float in a range where its last bits matter. */
function nextFloat(value: Value, before: Value, other: Value, pick: Pick): Value {
  return pick([
    () => value.mul(0.75).add(other),
    () => value.add(1),
    () => value.sub(before),
    () => value.mul(value).min(8),
    () => value.mul(value.abs().add(1).div(3)).clamp(-64, 64),
    () => value.gt(before).select(value.sub(other), value.neg()),
    () => value.div(before.abs().add(2)),
    () => value.max(before),
  ])()
}

function nextInteger(value: Value, before: Value, other: Value, pick: Pick): Value {
  return pick([
    () => value.add(other),
    () => value.mul(value).add(1),
    () => value.xor(value.shiftRight(3)),
    () => value.sub(before),
    () => value.shiftLeft(before),
    () => value.gt(before).select(value.or(other), value.not()),
    () => value.max(other).min(before),
  ])()
}
