/**
 * Every scalar operation: its operand types and its meaning. The meaning is executable: f32 results are rounded to binary32
 * (`Math.fround`) after every operation, integers wrap at 32 bits. Back ends must agree with it bit for bit.
 */
import { fusedMultiplyAdd, roundHalfAway, roundHalfEven } from '../numbers/rounding.ts'
import {
  type ApproximateOperation,
  type Approximation,
  approximateOperations,
  approximations,
} from './approximations.ts'
import type { Operation } from './operation.ts'
import type { ComputeType } from './types.ts'

type Numeric = 'f32' | 'i32' | 'u32'

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

const approximate = (approximation: Approximation): Operation => ({
  on: floats,
  arity: 1,
  floats: 'rounds',
  meaning: approximation.meaning,
  approximate: approximation,
  evaluate: (_, a) => fround(approximation.of(a)),
})

const approximated = Object.fromEntries(
  approximateOperations.map(name => [name, approximate(approximations[name])]),
) as Readonly<Record<ApproximateOperation, Operation>>

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
  ...approximated,
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
