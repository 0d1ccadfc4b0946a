/** Float sums: whether a definition has any, and whether their order can change the result. */
import { nodesOf, reordersSums } from '@qernel/acceptance'
import { type Expr, isAffine, type Kernel } from '@qernel/dsl'
import { foldExpr } from '@qernel/dsl/internal'
import type { Step } from '@qernel/schedule'
import type { ValueClass } from '../random/inputs.ts'

/** Whole numbers up to this are exact in binary32, and so are their sums up to this. */
const largestExact = 2 ** 24
/** No reduction of a trial has more terms, and no index or size is larger. */
const mostTerms = 2 ** 16
/** The largest magnitude of the value class 'whole numbers'. */
const largestInput = 4

/**
 * Whether a schedule may change the bits of a result because it adds floats in another order. It may not if the inputs
 * are whole numbers and everything under a sum keeps them whole and small.
 */
export function ordersSums(kernel: Kernel, steps: readonly Step[], values: ValueClass): boolean {
  return reordersSums(kernel, steps) && !(values === 'whole numbers' && staysExact(kernel))
}

const known = new WeakMap<Kernel, boolean>()

function staysExact(kernel: Kernel): boolean {
  const found = known.get(kernel)
  if (found !== undefined) return found
  const inputs = new Set(kernel.tensors.filter(({ role }) => role === 'input').map(({ name }) => name))
  const sums = nodesOf(kernel).filter(e => e.kind === 'reduce' && e.op === 'sum' && e.type === 'f32')
  const result = sums.every(sum => largest(sum, inputs) <= largestExact)
  known.set(kernel, result)
  return result
}

/** An upper bound of |e| where every input is whole and at most `largestInput`; infinite where e may not be whole. */
const largest = (e: Expr, inputs: ReadonlySet<string>): number => foldExpr(e, (node, of) => largestOf(node, of, inputs))

function largestOf(e: Expr, of: (operand: Expr) => number, inputs: ReadonlySet<string>): number {
  switch (e.kind) {
    case 'const':
      return Number.isInteger(e.value) ? Math.abs(e.value) : Infinity
    case 'size':
    case 'index':
      return mostTerms
    case 'load':
      return inputs.has(e.buffer) && e.index.every(isAffine) ? largestInput : Infinity
    case 'reduce':
      return of(e.body) * (e.op === 'sum' ? mostTerms : 1)
    case 'op':
      switch (e.op) {
        case 'add':
        case 'sub':
          return e.args.reduce((total, arg) => total + of(arg), 0)
        case 'mul':
          return e.args.reduce((product, arg) => product * of(arg), 1)
        case 'neg':
        case 'abs':
        case 'min':
        case 'max':
        case 'round':
        case 'toF32':
          return Math.max(...e.args.map(of))
        default:
          return Infinity
      }
  }
}
