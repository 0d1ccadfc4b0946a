/** Narrow codes with f16 parameters per group: symmetric, asymmetric (including KIVI's), and InnerQ's choice of both. */
import { clamp, f16, f32, largestMagnitude, range, roundHalfEven } from './arithmetic.ts'
import { type Expected, type Format, inColumns, open, pairsInRows } from './format.ts'
import { apart } from './storage.ts'

export type Direction = 'inner' | 'outer'
const layoutOf = (groupSize: number, direction: Direction): Format['layout'] =>
  direction === 'inner' ? pairsInRows(groupSize) : inColumns(groupSize, 2)

const largestF16 = 65504
/** A parameter that exceeds f16, or a scale that f16 rounds to 0, is open: the publication does not say what is stored. */
const within = (x: number): Expected => (Math.abs(f16(x)) <= largestF16 ? f16(x) : open)
const scaleWithin = (x: number): Expected => (f16(x) === 0 ? open : within(x))

/** The values that we store if f16 cannot represent a parameter, or if the scale is 0, are checked only here. */
const ours = [
  'a scale that f16 rounds to 0, and parameters that f16 does not hold: a group of finite numbers has to come back finite, and within scale/2 of what f16 holds',
  'NaN in minimum and maximum: ignored; the code of a NaN or an infinity',
  'elements of f16: what is close to the largest may come back as infinity, since 127 · f16(65504 / 127) is 65532',
]

/** A code from the stored parameters: round((x − zero) / scale), ties to even. */
function codeOf(x: number, scale: number, zero: number, low: number, high: number): Expected {
  const quotient = f32(f32(x - zero) / scale)
  return !Number.isFinite(x) ||
    Number.isNaN(quotient) ||
    !Number.isFinite(scale) ||
    !Number.isFinite(zero) ||
    scale === 0
    ? open
    : clamp(roundHalfEven(quotient), low, high) + 0
}

export function symmetric(bits: number, groupSize: number, direction: Direction): Format {
  const last = 2 ** (bits - 1) - 1
  return {
    source: `our own, after InnerQ's symmetric mode (arXiv 2602.23200): scale = f16(max |x| / ${last}), q = round(x / scale) within ±${last}`,
    open: ours,
    groupSize,
    layout: layoutOf(groupSize, direction),
    storage: apart('scale'),
    encode: (x, [scale = Number.NaN]) => ({
      parameters: [scaleWithin(f32(largestMagnitude(x) / last))],
      codes: x.map(value => codeOf(value, scale, 0, -last, last)),
    }),
    parameterType: 'f16',
    scale: 0,
    error: 0.5,
    decode: (code, [scale = Number.NaN]) => f32(code * scale),
    keepsFinite: () => true,
    codes: [-last - 1, last],
  }
}

/** The zero point and scale of a group. If f16 cannot represent one of them, both are open. */
function asymmetricParameters(x: readonly number[], last: number): readonly [zero: Expected, scale: Expected] {
  const extremes = range(x)
  if (extremes === undefined) return [open, open]
  const zero = within(extremes.low)
  const step = f32(f32(extremes.high - extremes.low) / last)
  return zero === open || !Number.isFinite(f16(step)) ? [open, open] : [zero, scaleWithin(step)]
}

export function asymmetric(
  bits: number,
  groupSize: number,
  direction: Direction,
  source = 'our own, after KIVI',
): Format {
  const last = 2 ** bits - 1
  return {
    source: `${source}: zero = min x, scale = (max − min) / ${last}, both in f16, q = round((x − zero) / scale) within 0 … ${last}`,
    open: ours,
    groupSize,
    layout: layoutOf(groupSize, direction),
    storage: apart('zero', 'scale'),
    encode: (x, [zero = Number.NaN, scale = Number.NaN]) => ({
      parameters: asymmetricParameters(x, last),
      codes: x.map(value => codeOf(value, scale, zero, 0, last)),
    }),
    parameterType: 'f16',
    scale: 1,
    error: 0.5,
    decode: (code, [zero = Number.NaN, scale = Number.NaN]) => f32(f32(code * scale) + zero),
    keepsFinite: () => true,
    codes: [0, last],
  }
}

export const kivi = (bits: number, direction: Direction): Format => {
  const source = 'KIVI (arXiv 2402.02750), quant/new_pack.py; computed in f32, where theirs computes in f16'
  const format = asymmetric(bits, 32, direction, source)
  return {
    ...format,
    open: ['a scale of 0: theirs divides by it', 'numbers that f16 does not hold', 'NaN and infinities'],
    keepsFinite: x => largestMagnitude(x) <= largestF16,
  }
}

/** The sum of |x − x̂| over a group, in the order of its elements, in f32. */
function distance(x: readonly number[], restored: readonly number[]): number {
  let sum = 0
  x.forEach((value, i) => {
    sum = f32(sum + Math.abs(f32(value - (restored[i] as number))))
  })
  return sum
}

/** InnerQ's hybrid mode. A negative scale means asymmetric; symmetric codes are stored with 2^(bits − 1) − 1 added. */
export function innerq(bits: number): Format {
  const sides = { symmetric: symmetric(bits, 32, 'inner'), asymmetric: asymmetric(bits, 32, 'inner') }
  const bias = 2 ** (bits - 1) - 1
  const isAsymmetric = (scale: number): boolean => scale < 0
  const decode = (code: number, [scale = Number.NaN, zero = Number.NaN]: readonly number[]): Expected =>
    Object.is(scale, -0) ? open : isAsymmetric(scale) ? f32(f32(code * -scale) + zero) : f32((code - bias) * scale)
  /** Both stored parameters if everything is defined; open if a group has no parameters or no distances. */
  const parametersOf = (x: readonly number[]): readonly Expected[] => {
    const [zero, positive] = asymmetricParameters(x, 2 ** bits - 1)
    const [scale] = sides.symmetric.encode(x, []).parameters
    if (zero === open || positive === open || scale === open || !x.every(Number.isFinite)) return [open, open]
    const restored = (side: Format, parameters: readonly number[]): readonly number[] =>
      side.encode(x, parameters).codes.map(code => side.decode(code as number, parameters) as number)
    const closer =
      distance(x, restored(sides.asymmetric, [zero, positive])) < distance(x, restored(sides.symmetric, [scale]))
    return closer ? [-positive, zero] : [scale, 0]
  }
  return {
    source:
      'InnerQ (arXiv 2602.23200), hybrid mode: asymmetric where Σ|x − x̂| is smaller that way, told by the sign of the f16 scale; groups of 32 along D',
    open: [
      ...ours,
      'range, guard and bias of symmetric codes, where its Python and its CUDA disagree: ours are ±(2^(bits − 1) − 1), biased by that',
      'the mode of a group with a NaN or an infinity',
      'a scale of −0, which neither its encoders nor ours make: its sign bit says asymmetric, ours takes it for symmetric',
    ],
    groupSize: 32,
    layout: pairsInRows(32),
    storage: apart('scale', 'zero'),
    encode: (x, stored) => {
      const [scale = Number.NaN, zero = Number.NaN] = stored
      return {
        parameters: parametersOf(x),
        codes: isAsymmetric(scale)
          ? sides.asymmetric.encode(x, [zero, -scale]).codes
          : sides.symmetric.encode(x, [scale]).codes.map(code => (code === open ? open : code + bias)),
      }
    },
    parameterType: 'f16',
    scale: 0,
    error: 0.5,
    decode,
    keepsFinite: () => true,
    codes: [0, 2 ** bits - 1],
  }
}
