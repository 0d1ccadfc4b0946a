import { Value } from '@qernel/dsl'
import type { Span } from '../syntax.ts'
import { textIn } from './call.ts'
import { describe } from './describe.ts'
import { type Call, isThing, type Known, poison } from './known.ts'
import { unified } from './operators.ts'

/** `condition ? a : b` for a condition that is a value. The call has the two branches as its arguments. */
export function select(condition: Known, call: Call, span: Span): Known {
  if (call.isPoisoned || isThing(condition, 'poison')) return poison
  if (!(condition instanceof Value) || condition.type !== 'bool') {
    const text = textIn(call.source, span)
    const message = `a condition is a comparison, but ${text} is ${describe(condition)}`
    const place = { source: call.source, span }
    return call.reportAt(place, 'dtype', message, `${text} !== 0`)
  }
  const operands = unified('? :', call)
  if (operands === undefined) return poison
  const [a, b] = operands as [Value | number, Value | number]
  return call.attempt(() => condition.select(a, b))
}
