/** The results that a language allows of an operation that it does not ask to be correctly rounded. */
import { type Accuracy, operations } from '@qernel/dsl'
import { roundedDown, roundedUp, ulpAt } from './floats.ts'
import { anyOf, bitOf, type Possible, rangeOf, type Several, valuesOf } from './possible.ts'
import { anything } from './ranges.ts'

export type ApproximateOperation = 'sqrt' | 'exp2' | 'log2'
export const isApproximate = (op: string): op is ApproximateOperation => op in functions

interface Function {
  /** In binary64, whose own error is far below any that is allowed. */
  readonly of: (x: number) => number
  /** No result lies below. */
  readonly least: number
  /** The next operand above `x` from which on an error may be larger, as the unit in the last place of the result is. */
  readonly nextBreak: (x: number) => number
}

/** The operands of `log2` at which its result, or the kind of its bound, passes from one unit to the next. */
const logBreaks = [...[64, 32, 16, 8, 4, 2, 1].map(e => 2 ** -e), 1, ...[1, 2, 4, 8, 16, 32, 64].map(e => 2 ** e)]

const functions: Readonly<Record<ApproximateOperation, Function>> = {
  sqrt: { of: Math.sqrt, least: -0, nextBreak: x => 4 ** (Math.floor(Math.log2(x) / 2) + 1) },
  exp2: { of: x => 2 ** x, least: 0, nextBreak: x => Math.floor(x) + 1 },
  log2: { of: Math.log2, least: -Infinity, nextBreak: x => logBreaks.find(each => each > x) ?? Infinity },
}

/** What a device may give for a function of `operand`, all of whose results increase with it. */
export function approximately(
  op: ApproximateOperation,
  language: 'wgsl' | 'cuda' | 'interpreter',
  operand: Possible,
): Possible {
  const accuracy: Accuracy = (language !== 'interpreter' && operations[op].approximate?.[language]) || { ulp: 0 }
  const values = valuesOf(operand)
  if (values !== undefined) return anyOf(values.map(x => around(op, accuracy, x)))
  const { low, high, hasNaN, because } = operand as Several
  const ends = [low, high]
  const turn = functions[op].nextBreak(low)
  if (turn < high) ends.push(turn)
  const parts = ends.map(x => around(op, accuracy, x))
  return anyOf(hasNaN ? [...parts, Number.NaN] : parts, because | bitOf(op))
}

function around(op: ApproximateOperation, accuracy: Accuracy, x: number): Possible {
  const { ulp, ulpPerMagnitude = 0, absolute, finiteOnly } = accuracy
  const { of, least } = functions[op]
  const real = of(x)
  if (ulp === 0) return Math.fround(real)
  if (!Number.isFinite(x) || !Number.isFinite(Math.fround(real)))
    return finiteOnly ? anything('f32', bitOf(op)) : Math.fround(real)
  // A reciprocal of a reciprocal may lose the sign.
  if (op === 'sqrt' && x === 0) return rangeOf(-0, 0, false, bitOf(op))
  const isAbsolute = absolute !== undefined && x >= absolute.from && x <= absolute.to
  const error = isAbsolute ? absolute.error : (ulp + ulpPerMagnitude * Math.abs(x)) * ulpAt(real)
  const high = roundedUp(real + error)
  if (high === Infinity && finiteOnly) return anything('f32', bitOf(op))
  return rangeOf(Math.max(least, roundedDown(real - error)), high, false, bitOf(op))
}
