/** One operation on possible values. */
import type { Expr } from '@qernel/dsl'
import { scalarMeaning } from '@qernel/dsl/internal'
import { approximately, isApproximate } from './approximate.ts'
import { isDenormal, smallestNormal } from './floats.ts'
import { anyOf, asSeveral, becauseOf, bitOf, type Possible, rangeOf, severalOf, valuesOf } from './possible.ts'
import { onRanges } from './ranges.ts'

/** What a device and its language leave open. */
export interface Freedom {
  /** The language whose accuracies apply to approximate operations such as `exp2`. The interpreter's are correctly rounded. */
  readonly language: 'wgsl' | 'cuda' | 'interpreter'
  /** Whether the device keeps denormals. If not, it may replace any denormal operand or result by a zero of either sign. */
  readonly keepsDenormals: boolean
}

const flushBit = bitOf('flushed denormals')

/** A float as seen by a device that may flush denormals. */
export function flushed(p: Possible): Possible {
  if (typeof p === 'number') return isDenormal(p) ? severalOf([p, 0, -0], flushBit) : p
  if (p.values !== undefined)
    return p.values.some(isDenormal) ? severalOf([...(valuesOf(p) as number[]), 0, -0], p.because | flushBit) : p
  const holdsDenormals = p.low < smallestNormal && p.high > -smallestNormal
  return holdsDenormals ? rangeOf(Math.min(p.low, -0), Math.max(p.high, 0), p.hasNaN, p.because | flushBit) : p
}

/** The most combinations of operand values that are computed one by one. */
const mostCombinations = 64

/** The possible results of an operation, given its possible operands. */
export function operationOn(node: Expr & { readonly kind: 'op' }, freedom: Freedom): (args: Possible[]) => Possible {
  const { op, type } = node
  const after = type === 'f32' && !freedom.keepsDenormals ? flushed : (p: Possible) => p
  // If the condition is open, both arms are possible.
  if (op === 'select')
    return ([condition, yes, no]) => {
      if (typeof condition === 'number') return (condition ? yes : no) as Possible
      return anyOf([yes as Possible, no as Possible], becauseOf(condition as Possible))
    }
  if (isApproximate(op)) return ([operand]) => after(approximately(op, freedom.language, operand as Possible))
  const meaning = scalarMeaning(node)
  const ranges = onRanges[op]
  return args => {
    const [a, b, c] = args
    if (typeof a === 'number' && typeof b !== 'object' && typeof c !== 'object') return after(meaning(a, b, c))
    const because = args.reduce<number>((all, each) => all | becauseOf(each), 0)
    const sets = args.map(valuesOf)
    const isFew = sets.reduce((product, set) => product * (set?.length ?? Infinity), 1) <= mostCombinations
    if (!isFew) return after(ranges(args.map(asSeveral), meaning, node))
    const results: number[] = []
    for (const x of sets[0] as number[])
      for (const y of sets[1] ?? [0]) for (const z of sets[2] ?? [0]) results.push(meaning(x, y, z))
    return after(severalOf(results, because))
  }
}
