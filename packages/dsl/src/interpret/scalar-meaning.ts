import type { Expr } from '../ir/ir.ts'
import { operations } from '../ir/operations.ts'
import type { StorageType } from '../ir/types.ts'
import { codecOf } from '../numbers/codecs.ts'
import { saturate, stored, wrap } from './evaluate.ts'

/**
 * The result of an operation for the values of its operands (only as many as it has): the interpreter's meaning of one
 * node, for other evaluators of expressions. Booleans are 0 and 1.
 */
export function scalarMeaning(e: Expr & { readonly kind: 'op' }): (a: number, b?: number, c?: number) => number {
  const to = e.to as StorageType
  switch (e.op) {
    case 'narrow':
      return stored(to)
    case 'floatBits':
      return codecOf(to).encode
    case 'bitsFloat':
      return codecOf(to).decode
    case 'saturate':
      return saturate(to)
    case 'wrap':
      return wrap(to)
    default: {
      const { evaluate } = operations[e.op]
      const type = (e.args[e.op === 'select' ? 1 : 0] as Expr).type
      return (a, b = 0, c = 0) => evaluate(type, a, b, c)
    }
  }
}
