/**
 * One table of all operations of device programs: their operands and result, their meaning, and what a compiler that treats floats as real
 * numbers may do with them. Passes, the verifier, the simulator and both back ends read this table; none keeps a list of operations. An
 * operation that the kernel language has too means the same here, and takes its `floats` role from there.
 */
import { type FloatRole, f8e4m3, f8e5m2, type OperationName, operations, type StorageType } from '@qernel/dsl'
import { bfloat16Bits, bfloat16Value, codecOf, float16Bits, float16Value } from '@qernel/dsl/internal'
import type { Scalar } from '../program/device-type.ts'
import {
  choosing,
  conjunction,
  converting,
  dividing,
  floats,
  integers,
  packing,
  same,
  saturating,
  shifting,
  shuffling,
  type TypeRule,
  unpacking,
} from './type-rules.ts'

/** Computes one lane of the result from the same lane of the operands. Booleans are 0 and 1. */
export type LaneMeaning = (a: number, b: number, c: number) => number

export interface DeviceOperationFacts {
  /** Checks the types of the operands and of the result. */
  readonly types: TypeRule
  readonly floats: FloatRole
  /** Whether a compiler may drop or change it if an operand is a constant 0, or if both operands are the same value: x + 0, x · 0, x − x. */
  readonly hasIdentities?: true
  /**
   * The meaning, given the scalar types of the first operand and of the result. `across`: the operation does not work lane by lane, so the
   * simulator implements it separately and constants are not folded.
   */
  readonly meaning: ((of: Scalar, to: Scalar) => LaneMeaning) | 'across'
}

/** Operations of the kernel language that lowering replaces, because their meaning depends on a storage type. */
type Replaced = 'saturate' | 'narrow' | 'floatBits' | 'bitsFloat' | 'wrap'
type Kept = Exclude<OperationName, Replaced>

const identities: ReadonlySet<Kept> = new Set<Kept>(['add', 'sub', 'mul', 'div', 'fma'])
const ownTypes: Partial<Record<Kept, TypeRule>> = { select: choosing, shiftLeft: shifting, shiftRight: shifting }

function ofLanguage(name: Kept): DeviceOperationFacts {
  const { on, arity, result, floats: role, evaluate } = operations[name]
  return {
    types: ownTypes[name] ?? (result === undefined ? same(arity, on) : converting(arity, on, [result])),
    floats: role,
    ...(identities.has(name) && { hasIdentities: true }),
    meaning: of => (a, b, c) => evaluate(of, a, b, c),
  }
}

const isKept = (name: OperationName): name is Kept => operations[name].typed !== true
const language = Object.fromEntries(
  (Object.keys(operations) as OperationName[]).filter(isKept).map(name => [name, ofLanguage(name)]),
) as Readonly<Record<Kept, DeviceOperationFacts>>

/** NaN gives 0; the integer 0 has no sign. */
const saturate = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : x < low ? low : x > high ? high : Math.trunc(x) + 0

/** `fromBits` decodes the low bits of a word; `toBits` gives the bits of the nearest value of a float type. */
const fromBits = (type: StorageType): DeviceOperationFacts => ({
  types: converting(1, ['u32'], floats),
  floats: 'hides',
  meaning: () => codecOf(type).decode,
})
const toBits = (type: StorageType): DeviceOperationFacts => ({
  types: converting(1, floats, ['u32']),
  floats: 'hides',
  meaning: () => codecOf(type).encode,
})

/** Operations that lowering introduces. */
const own = {
  /** (x f32, low, high) → i32 or u32: an integral x between two bounds of at most 2^24; NaN gives 0. */
  saturateFloat: { types: saturating, floats: 'hides', meaning: () => saturate },
  /** (x f32) → i32 or u32 over the whole range of the type; NaN gives 0. */
  saturateFloat32: {
    types: converting(1, floats, integers),
    floats: 'hides',
    meaning: (_, to) => (to === 'i32' ? a => saturate(a, -2147483648, 2147483647) : a => saturate(a, 0, 4294967295)),
  },
  /** Integer reinterpretation i32 ↔ u32 of values that fit both. */
  toI32: { types: converting(1, integers, ['i32']), floats: 'hides', meaning: () => a => a | 0 },
  toU32: { types: converting(1, integers, ['u32']), floats: 'hides', meaning: () => a => a >>> 0 },
  /** Integer division and remainder, for indices. */
  quotient: { types: dividing, floats: 'hides', meaning: () => (a, b) => Math.floor(a / b) },
  remainder: { types: dividing, floats: 'hides', meaning: () => (a, b) => a % b },
  /** A product that must not be contracted with the addition that uses it. */
  isolatedMul: {
    types: same(2, floats),
    floats: 'isolates',
    hasIdentities: true,
    meaning: () => (a, b) => Math.fround(a * b),
  },
  /** 8-bit codes: (word u32) → 4 lanes, and back from one vector or from 4 scalars. */
  unpackI8: { types: unpacking('i32', 4), floats: 'hides', meaning: 'across' },
  unpackU8: { types: unpacking('u32', 4), floats: 'hides', meaning: 'across' },
  packI8: { types: packing('i32', 4), floats: 'hides', meaning: 'across' },
  packU8: { types: packing('u32', 4), floats: 'hides', meaning: 'across' },
  /** binary16: (word u32) → 2 lanes f32, and back. */
  unpackF16: { types: unpacking('f32', 2), floats: 'hides', meaning: 'across' },
  packF16: { types: packing('f32', 2), floats: 'hides', meaning: 'across' },
  /** (value f32) → the 16 bits of the nearest bfloat16, as u32. */
  packBf16: { types: converting(1, floats, ['u32']), floats: 'hides', meaning: () => bfloat16Bits },
  /** The low 16 bits of a word as f32, and back: (value f32) → the 16 bits of the nearest binary16, as u32. */
  f16FromBits: { types: converting(1, ['u32'], floats), floats: 'hides', meaning: () => a => float16Value(a & 0xffff) },
  bitsOfF16: { types: converting(1, floats, ['u32']), floats: 'hides', meaning: () => float16Bits },
  /** The low 8 bits of a word as f32, and back. */
  f8e4m3FromBits: fromBits(f8e4m3),
  bitsOfF8e4m3: toBits(f8e4m3),
  f8e5m2FromBits: fromBits(f8e5m2),
  bitsOfF8e5m2: toBits(f8e5m2),
  /** The nearest value of a 16-bit float, as f32. */
  narrowF16: { types: same(1, floats), floats: 'hides', meaning: () => a => float16Value(float16Bits(a)) },
  narrowBf16: { types: same(1, floats), floats: 'hides', meaning: () => a => bfloat16Value(bfloat16Bits(a)) },
  /** (value, offset) → the value in the lane of the same subgroup whose number is this lane's number xor `offset`. */
  shuffleXor: { types: shuffling, floats: 'passes', meaning: 'across' },
  /** Logical and of any number of booleans of control flow. */
  all: { types: conjunction, floats: 'hides', meaning: 'across' },
} as const satisfies Readonly<Record<string, DeviceOperationFacts>>

/**
 * The operations of a device program: those that lowering keeps from the kernel language, and those that it introduces. They work element by
 * element on vectors, except the ones marked `across`.
 */
export type DeviceOperation = Kept | keyof typeof own

export const deviceOperations: Readonly<Record<DeviceOperation, DeviceOperationFacts>> = { ...language, ...own }
