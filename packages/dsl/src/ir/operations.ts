/**
 * Every scalar operation: its operand types and its meaning. The meaning is executable: f32 results are rounded to binary32
 * (`Math.fround`) after every operation, integers wrap at 32 bits. Back ends must agree with it bit for bit.
 */
import { fusedMultiplyAdd, roundHalfAway, roundHalfEven } from '../numbers/rounding.ts'
import type { ComputeType } from './types.ts'

type Scalar = number
type Numeric = 'f32' | 'i32' | 'u32'

/**
 * What a compiler that treats floats as real numbers may do with a float operation. Every operation must state it,
 * because passes rely on it.
 * - `rounds`: the result is rounded, and may be merged with its operands and its uses.
 * - `isolates`: may be merged with its operands; its result is rounded separately.
 * - `compares`: may be merged with its operands; the result is a boolean.
 * - `passes`: other operations may move across it.
 * - `bits`: the same bits under another type.
 * - `hides`: the result reveals nothing about its operands. Codes and integers, and functions of the bits.
 */
export type FloatRole = 'rounds' | 'isolates' | 'compares' | 'passes' | 'bits' | 'hides'

interface Operation {
  /** Operand types that are accepted: every operand has the same type, one of these, unless `operands` says otherwise. */
  readonly on: readonly ComputeType[]
  readonly arity: 1 | 2 | 3
  /** Result type; by default that of the operands. */
  readonly result?: ComputeType
  readonly floats: FloatRole
  /** Whether an f32 result is integral (or NaN, ±inf): always, or if all operands are. */
  readonly integral?: 'always' | 'inherited'
  /** Its meaning depends on a storage type, `to`. */
  readonly typed?: true
  readonly meaning: string
  /** Applied to values of operand type `type`; the caller has checked the types. Booleans are 0 and 1. */
  readonly evaluate: (type: ComputeType, a: Scalar, b: Scalar, c: Scalar) => Scalar
  /** Present if some devices do not round it correctly: the function that it approximates, and the error that each language allows. */
  readonly approximate?: Approximation
}

/**
 * How far a result may lie from the real number, in units in the last place of that number: `ulp + ulpPerMagnitude · |a|`; or, for operands
 * from `from` to `to`, in `absolute` terms. 0 is correctly rounded.
 */
export interface Accuracy {
  readonly ulp: number
  readonly ulpPerMagnitude?: number
  readonly absolute?: { readonly error: number; readonly from: number; readonly to: number }
  /** Whether the result is unspecified if an operand or the result is not finite. */
  readonly finiteOnly?: true
  /** Whether a zero may come out with either sign. */
  readonly openSignOfZero?: true
}

/** A function of real numbers whose results increase with its operand. */
interface RealFunction {
  /** In binary64, whose own error is far below any allowed one. */
  readonly of: (x: number) => number
  readonly inverse: (y: number) => number
  /** The smallest possible result. */
  readonly least: number
}

/** What an operation approximates, and how accurately in each language. */
export interface Approximation extends RealFunction {
  readonly wgsl: Accuracy
  readonly cuda: Accuracy
}

const fround = Math.fround
/** Wraps an integer result to 32 bits, or rounds a float result. */
const fit = (type: ComputeType, value: number): number =>
  type === 'f32' ? fround(value) : type === 'i32' ? value | 0 : value >>> 0
/** IEEE 754-2019 maximumNumber and minimumNumber: a NaN operand loses, +0 is above −0. */
const maximum = (a: number, b: number) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))
const minimum = (a: number, b: number) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b))

const numeric: readonly Numeric[] = ['f32', 'i32', 'u32']
const integers: readonly Numeric[] = ['i32', 'u32']
const floats: readonly Numeric[] = ['f32']
const bit = (value: boolean) => (value ? 1 : 0)

const approximate = (meaning: string, approximation: Approximation): Operation => ({
  on: floats,
  arity: 1,
  floats: 'rounds',
  meaning,
  approximate: approximation,
  evaluate: (_, a) => fround(approximation.of(a)),
})

/**
 * Operations that devices do not round correctly. WGSL: W3C, WebGPU Shading Language, "Floating Point Accuracy". `sqrt` is inherited from
 * 1.0 / inverseSqrt(x): 2 ULP of the reciprocal root are at most 4 of the root, and the division adds 2.5; a reciprocal of a reciprocal may lose the
 * sign of a zero; an implementation may assume that there are no infinities and NaN. CUDA: NVIDIA, CUDA C++ Programming Guide, "Mathematical
 * Functions": 2 ULP (`expf`, 1 in later editions, and `exp2f`) and 1 ULP (`log2f`) from the correctly rounded result, which is another half away from
 * the real number; `__fsqrt_rn` is correctly rounded. Measured over all floats on an H200, `expf` of CUDA 13.0 is at most 1.93 ULP from the real number.
 */
const approximations = {
  sqrt: approximate('√a', {
    of: Math.sqrt,
    // The inverse of −0 is −0, below which the root is NaN.
    inverse: y => y * Math.abs(y),
    least: -0,
    wgsl: { ulp: 6.5, finiteOnly: true, openSignOfZero: true },
    cuda: { ulp: 0 },
  }),
  exp: approximate('e^a', {
    of: Math.exp,
    inverse: Math.log,
    least: 0,
    wgsl: { ulp: 3, ulpPerMagnitude: 2, finiteOnly: true },
    cuda: { ulp: 2.5 },
  }),
  exp2: approximate('2^a', {
    of: x => 2 ** x,
    inverse: Math.log2,
    least: 0,
    wgsl: { ulp: 3, ulpPerMagnitude: 2, finiteOnly: true },
    cuda: { ulp: 2.5 },
  }),
  log2: approximate('log₂ a', {
    of: Math.log2,
    inverse: y => 2 ** y,
    least: -Infinity,
    wgsl: { ulp: 3, absolute: { error: 2 ** -21, from: 0.5, to: 2 }, finiteOnly: true },
    cuda: { ulp: 1.5 },
  }),
}

/** An operation that devices do not round correctly. */
export type ApproximateOperation = keyof typeof approximations
/** Every operation that devices do not round correctly, by name. */
export const approximateOperations = Object.keys(approximations) as readonly ApproximateOperation[]

/** Declares the table; an identity function that keeps the keys as literal types. */
const table = <Names extends string>(entries: Record<Names, Operation>): Readonly<Record<Names, Operation>> => entries

/** Every operation of the kernel language: operand types, result, meaning, accuracy. */
export const operations = table({
  add: {
    on: numeric,
    arity: 2,
    floats: 'rounds',
    integral: 'inherited',
    meaning: 'a + b',
    evaluate: (t, a, b) => fit(t, a + b),
  },
  sub: {
    on: numeric,
    arity: 2,
    floats: 'rounds',
    integral: 'inherited',
    meaning: 'a − b',
    evaluate: (t, a, b) => fit(t, a - b),
  },
  mul: {
    on: numeric,
    arity: 2,
    floats: 'rounds',
    integral: 'inherited',
    meaning: 'a × b',
    evaluate: (t, a, b) => (t === 'f32' ? fround(a * b) : fit(t, Math.imul(a, b))),
  },
  div: {
    on: floats,
    arity: 2,
    floats: 'rounds',
    meaning: 'a ÷ b, correctly rounded',
    evaluate: (_, a, b) => fround(a / b),
  },
  neg: {
    on: ['f32', 'i32'],
    arity: 1,
    floats: 'rounds',
    integral: 'inherited',
    meaning: '−a',
    evaluate: (t, a) => (t === 'f32' ? -a : -a | 0),
  },
  abs: {
    on: ['f32', 'i32'],
    arity: 1,
    floats: 'passes',
    integral: 'inherited',
    meaning: '|a|',
    evaluate: (t, a) => (t === 'f32' ? Math.abs(a) : Math.abs(a) | 0),
  },
  min: {
    on: numeric,
    arity: 2,
    floats: 'hides',
    integral: 'inherited',
    meaning: 'the smaller; a NaN loses, −0 is below +0',
    evaluate: (_, a, b) => minimum(a, b),
  },
  max: {
    on: numeric,
    arity: 2,
    floats: 'hides',
    integral: 'inherited',
    meaning: 'the larger; a NaN loses, +0 is above −0',
    evaluate: (_, a, b) => maximum(a, b),
  },
  clamp: {
    on: numeric,
    arity: 3,
    floats: 'hides',
    integral: 'inherited',
    meaning: 'low if a < low, high if a > high, else a (so NaN and −0 pass through)',
    // biome-ignore lint/complexity/useMathMinMax: Math.max would lose a −0 that equals `low`.
    evaluate: (_, a, low, high) => (a > high ? high : a < low ? low : a),
  },
  round: {
    on: floats,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    meaning: 'nearest integer, ties to even',
    evaluate: (_, a) => roundHalfEven(a),
  },
  roundHalfAway: {
    on: floats,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    meaning: 'nearest integer, ties away from zero',
    evaluate: (_, a) => roundHalfAway(a),
  },
  floor: {
    on: floats,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    meaning: 'largest integer not above a',
    evaluate: (_, a) => Math.floor(a),
  },
  ceil: {
    on: floats,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    meaning: 'smallest integer not below a',
    evaluate: (_, a) => Math.ceil(a),
  },
  trunc: {
    on: floats,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    meaning: 'integer part',
    evaluate: (_, a) => Math.trunc(a),
  },
  fma: {
    on: floats,
    arity: 3,
    floats: 'rounds',
    meaning: 'a × b + c with one rounding',
    evaluate: (_, a, b, c) => fusedMultiplyAdd(a, b, c),
  },
  ...approximations,
  lt: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a < b',
    evaluate: (_, a, b) => bit(a < b),
  },
  le: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a ≤ b',
    evaluate: (_, a, b) => bit(a <= b),
  },
  gt: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a > b',
    evaluate: (_, a, b) => bit(a > b),
  },
  ge: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a ≥ b',
    evaluate: (_, a, b) => bit(a >= b),
  },
  eq: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a = b',
    evaluate: (_, a, b) => bit(a === b),
  },
  ne: {
    on: numeric,
    arity: 2,
    floats: 'compares',
    result: 'bool',
    meaning: 'a ≠ b',
    evaluate: (_, a, b) => bit(a !== b),
  },
  /** Operands: condition (bool), value if true, value if false; the last two have one type. */
  select: {
    on: ['f32', 'i32', 'u32', 'bool'],
    arity: 3,
    floats: 'passes',
    integral: 'inherited',
    meaning: 'b if a, else c',
    evaluate: (_, a, b, c) => (a ? b : c),
  },
  and: {
    on: ['bool', ...integers],
    arity: 2,
    floats: 'hides',
    meaning: 'bitwise or logical and',
    evaluate: (t, a, b) => fitBits(t, a & b),
  },
  or: {
    on: ['bool', ...integers],
    arity: 2,
    floats: 'hides',
    meaning: 'bitwise or logical or',
    evaluate: (t, a, b) => fitBits(t, a | b),
  },
  xor: {
    on: ['bool', ...integers],
    arity: 2,
    floats: 'hides',
    meaning: 'bitwise or logical exclusive or',
    evaluate: (t, a, b) => fitBits(t, a ^ b),
  },
  not: {
    on: ['bool', ...integers],
    arity: 1,
    floats: 'hides',
    meaning: 'bitwise or logical complement',
    evaluate: (t, a) => (t === 'bool' ? 1 - a : fit(t, ~a)),
  },
  shiftLeft: {
    on: integers,
    arity: 2,
    floats: 'hides',
    meaning: 'a × 2^(b mod 32)',
    evaluate: (t, a, b) => fit(t, a << (b & 31)),
  },
  shiftRight: {
    on: integers,
    arity: 2,
    floats: 'hides',
    meaning: 'a ÷ 2^(b mod 32), arithmetic for i32 and logical for u32',
    evaluate: (t, a, b) => (t === 'i32' ? a >> (b & 31) : a >>> (b & 31)),
  },
  bitcastF32: {
    on: integers,
    arity: 1,
    floats: 'bits',
    result: 'f32',
    meaning: 'the same bits as f32',
    evaluate: (_, a) => bitsToFloat(a),
  },
  bitcastI32: {
    on: ['f32', 'u32'],
    arity: 1,
    floats: 'bits',
    result: 'i32',
    meaning: 'the same bits as i32',
    evaluate: (t, a) => toBits(t, a) | 0,
  },
  bitcastU32: {
    on: ['f32', 'i32'],
    arity: 1,
    floats: 'bits',
    result: 'u32',
    meaning: 'the same bits as u32',
    evaluate: (t, a) => toBits(t, a) >>> 0,
  },
  toF32: {
    on: integers,
    arity: 1,
    floats: 'hides',
    integral: 'always',
    result: 'f32',
    meaning: 'the nearest f32, ties to even',
    evaluate: (_, a) => fround(a),
  },
  /** `to` names the type; the result has its compute type. */
  saturate: {
    on: numeric,
    arity: 1,
    floats: 'hides',
    typed: true,
    meaning: 'the nearest value of the type; NaN gives 0; a float must already be integral',
    evaluate: () => {
      throw new Error('saturate is evaluated with its type')
    },
  },
  /** `to` names a float type; the result is f32. */
  narrow: {
    on: floats,
    arity: 1,
    floats: 'hides',
    typed: true,
    meaning: 'the nearest value of the float type, ties to even; what a store and a load make of a value',
    evaluate: () => {
      throw new Error('narrow is evaluated with its type')
    },
  },
  /** `to` names a float type. */
  floatBits: {
    on: floats,
    arity: 1,
    floats: 'hides',
    typed: true,
    result: 'u32',
    meaning: 'the bits of the nearest value of the float type, in the low bits',
    evaluate: () => {
      throw new Error('floatBits is evaluated with its type')
    },
  },
  /** `to` names the float type whose bits these are. */
  bitsFloat: {
    on: ['u32'],
    arity: 1,
    floats: 'hides',
    typed: true,
    result: 'f32',
    meaning: 'the value whose bits in the float type are the low bits',
    evaluate: () => {
      throw new Error('bitsFloat is evaluated with its type')
    },
  },
  wrap: {
    on: integers,
    arity: 1,
    floats: 'hides',
    typed: true,
    meaning: 'the low bits, read in the type',
    evaluate: () => {
      throw new Error('wrap is evaluated with its type')
    },
  },
})

/** The name of an operation of the kernel language, as it stands in the IR: `add`, `roundHalfAway`. */
export type OperationName = keyof typeof operations
/** Every operation of the kernel language. */
export const operationNames = Object.keys(operations) as readonly OperationName[]

const fitBits = (type: ComputeType, value: number): number => (type === 'bool' ? value & 1 : fit(type, value))

const scratch = new DataView(new ArrayBuffer(4))
function toBits(type: ComputeType, value: number): number {
  if (type !== 'f32') return value
  scratch.setFloat32(0, value)
  return scratch.getInt32(0)
}
function bitsToFloat(bits: number): number {
  scratch.setInt32(0, bits | 0)
  return scratch.getFloat32(0)
}
