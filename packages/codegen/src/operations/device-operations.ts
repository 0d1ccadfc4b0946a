/**
 * Every operation of device programs, in one table: operands and result, meaning, and what a compiler that takes floats for real numbers may
 * do with it. Passes, the verifier, the simulator and both back ends ask it; none has a list of its own. What the kernel language has under the
 * same name means what it means there, and its place with floats is stated there as well.
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

/** The value of one lane out of the values of the operands in that lane. Booleans are 0 and 1. */
export type LaneMeaning = (a: number, b: number, c: number) => number

export interface DeviceOperationFacts {
  /** Operands and result. */
  readonly types: TypeRule
  readonly floats: FloatRole
  /** Whether a compiler may drop or change it where an operand is a constant 0, or both are one value: x + 0, x · 0, x − x. */
  readonly hasIdentities?: true
  /**
   * By the scalar types of the first operand and of the result. `across`: it does not work lane by lane, so the simulator has a function of its own
   * for it, and no constant is made of it.
   */
  readonly meaning: ((of: Scalar, to: Scalar) => LaneMeaning) | 'across'
}

/** Operations of the kernel language that lowering replaces: what they do depends on a storage type. */
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

/** The value of the low bits of a word, and the bits of the nearest value of a float type. */
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
  /** (word u32) → 4 lanes, and back, out of a vector or out of scalars: 8-bit codes. */
  unpackI8: { types: unpacking('i32', 4), floats: 'hides', meaning: 'across' },
  unpackU8: { types: unpacking('u32', 4), floats: 'hides', meaning: 'across' },
  packI8: { types: packing('i32', 4), floats: 'hides', meaning: 'across' },
  packU8: { types: packing('u32', 4), floats: 'hides', meaning: 'across' },
  /** (word u32) → 2 lanes f32, and back: binary16. */
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
  /** (value, offset) → the value of the thread whose lane differs in the bits of `offset`, within the subgroup. */
  shuffleXor: { types: shuffling, floats: 'passes', meaning: 'across' },
  /** Logical and over booleans of control flow: any number of them. */
  all: { types: conjunction, floats: 'hides', meaning: 'across' },
} as const satisfies Readonly<Record<string, DeviceOperationFacts>>

/** Operations of the device: those of the language that stay, and those that lowering introduces. Elementwise on vectors, except for those across lanes. */
export type DeviceOperation = Kept | keyof typeof own

export const deviceOperations: Readonly<Record<DeviceOperation, DeviceOperationFacts>> = { ...language, ...own }
