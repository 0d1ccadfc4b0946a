/** The results that a language allows for an operation that need not be correctly rounded. */
import { type Accuracy, operations } from '@qernel/dsl'
import { type ApproximateOperation, type Approximation, approximateOperations } from '@qernel/dsl/internal'
import { roundedDown, roundedUp, ulpAt } from './floats.ts'
import { anyOf, asSeveral, bitOf, type Possible, rangeOf, type Several, valuesOf } from './possible.ts'
import { anything } from './ranges.ts'

export const isApproximate = (op: string): op is ApproximateOperation => approximateOperations.some(name => name === op)

/** The possible results of a function that increases with `operand`. */
export function approximately(
  op: ApproximateOperation,
  language: 'wgsl' | 'cuda' | 'interpreter',
  operand: Possible,
): Possible {
  const real = operations[op].approximate as Approximation
  const accuracy: Accuracy = language === 'interpreter' ? { ulp: 0 } : real[language]
  const at = (x: number): Possible => around(op, real, accuracy, x)
  const values = valuesOf(operand)
  if (values !== undefined) return anyOf(values.map(at))
  const { low, high, hasNaN, because } = operand as Several
  const start = real.inverse(real.least)
  // Below the start of its domain the function gives NaN; only the part above it remains.
  const from = low < start ? Math.min(start, high) : low
  const turn = nextBreak(real, accuracy, from)
  const parts = [low, from, high, ...(turn < high ? [turn] : [])].map(at)
  // Everything between the ends is possible, even if each end is a single value.
  const hull = asSeveral(anyOf(hasNaN ? [...parts, Number.NaN] : parts))
  return hull.low > hull.high
    ? Number.NaN
    : rangeOf(hull.low, hull.high, hull.hasNaN, because | hull.because | bitOf(op))
}

/** The next float above `x` at which the error bound changes: the result gets a larger unit in the last place, or another bound takes over. */
function nextBreak({ of, inverse }: Approximation, { absolute }: Accuracy, x: number): number {
  const y = of(x)
  const power = y < 0 ? -(2 ** (Math.ceil(Math.log2(-y)) - 1)) : 2 ** (Math.floor(Math.log2(y)) + 1)
  const breaks = [inverse(power), ...(absolute === undefined ? [] : [absolute.from, absolute.to])]
  return Math.min(...breaks.map(roundedUp).filter(at => at > x))
}

function around(op: ApproximateOperation, { of, least }: Approximation, accuracy: Accuracy, x: number): Possible {
  const { ulp, ulpPerMagnitude = 0, absolute, finiteOnly, openSignOfZero } = accuracy
  const real = of(x)
  if (ulp === 0) return Math.fround(real)
  if (!Number.isFinite(x) || !Number.isFinite(Math.fround(real)))
    return finiteOnly ? anything('f32', bitOf(op)) : Math.fround(real)
  if (real === 0 && openSignOfZero) return rangeOf(-0, 0, false, bitOf(op))
  const isAbsolute = absolute !== undefined && x >= absolute.from && x <= absolute.to
  const error = isAbsolute ? absolute.error : (ulp + ulpPerMagnitude * Math.abs(x)) * ulpAt(real)
  const high = roundedUp(real + error)
  if (high === Infinity && finiteOnly) return anything('f32', bitOf(op))
  return rangeOf(Math.max(least, roundedDown(real - error)), high, false, bitOf(op))
}
